//! OpenSSH key files: what `ssh-keygen` writes, and every way in which it can be damaged.

use base64ct::{Base64, Encoding};
use wsc::{ErrorKind, PublicKey, SecretKey};

use crate::manifest::read;
use crate::vectors::{public, secret};

use ErrorKind::{EncryptedKey, InvalidKey, LimitExceeded};

const COMMENTED: &[u8] = include_bytes!("../keys/commented.ssh");
const COMMENTED_PUBLIC: &[u8] = include_bytes!("../keys/commented.ssh.pub");
const ECDSA: &[u8] = include_bytes!("../keys/ecdsa.ssh");
const ENCRYPTED: &[u8] = include_bytes!("../keys/encrypted.ssh");
const ENCRYPTED_PEM: &[u8] = include_bytes!("../keys/encrypted.pem");

/// What the armour of a private key holds.
fn unarmour(file: &[u8]) -> Vec<u8> {
    let lines = str::from_utf8(file).unwrap().lines();
    let base64: String = lines.filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&base64).unwrap()
}

fn armour(bytes: &[u8]) -> String {
    let base64 = Base64::encode_string(bytes);
    format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{base64}\n-----END OPENSSH PRIVATE KEY-----\n")
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    [&len.to_be_bytes(), bytes].concat()
}

/// A private-key file, put together from its pieces.
struct Pieces {
    magic: &'static [u8],
    cipher: &'static [u8],
    kdf: &'static [u8],
    options: &'static [u8],
    count: u32,
    algorithm: &'static [u8],
    /// What follows the public key in the file.
    behind_key: &'static [u8],
    /// The public key in the file, in its private part, and behind the seed.
    public: [Vec<u8>; 3],
    checks: [u32; 2],
    comment: Vec<u8>,
    padding: Vec<u8>,
    behind: &'static [u8],
}

impl Pieces {
    fn sound() -> Self {
        let key = public("alice").as_ed25519().to_vec();
        Self {
            magic: b"openssh-key-v1\0",
            cipher: b"none",
            kdf: b"none",
            options: b"",
            count: 1,
            algorithm: b"ssh-ed25519",
            behind_key: b"",
            public: [key.clone(), key.clone(), key],
            checks: [7, 7],
            comment: b"note".to_vec(),
            padding: vec![1],
            behind: b"",
        }
    }

    fn file(&self) -> String {
        let seed = &secret("alice").to_bytes()[1..33];
        let blob = |key: &[u8]| [string(self.algorithm), string(key)].concat();
        let private = [
            self.checks[0].to_be_bytes().to_vec(),
            self.checks[1].to_be_bytes().to_vec(),
            blob(&self.public[1]),
            string(&[seed, &self.public[2]].concat()),
            string(&self.comment),
            self.padding.clone(),
        ];
        armour(
            &[
                self.magic.to_vec(),
                string(self.cipher),
                string(self.kdf),
                string(self.options),
                self.count.to_be_bytes().to_vec(),
                string(&[&blob(&self.public[0]), self.behind_key].concat()),
                string(&private.concat()),
                self.behind.to_vec(),
            ]
            .concat(),
        )
    }
}

/// The kind of an error that is about the file as a whole.
fn kind(file: &[u8]) -> ErrorKind {
    let error = SecretKey::from_openssh(file).unwrap_err();
    assert_eq!(error.offset(), 0);
    error.kind()
}

#[test]
fn what_ssh_keygen_writes_is_read() {
    let dora = SecretKey::from_openssh(&read("keys/dora.ssh")).unwrap();
    let public = PublicKey::from_openssh(&read("keys/dora.ssh.pub")).unwrap();
    assert_eq!(dora.public_key(), public);
    assert_eq!(public.key_id().to_string(), "27f75b5d1f14d04078ad7138");
    let commented = SecretKey::from_openssh(COMMENTED).unwrap();
    let public = PublicKey::from_openssh(COMMENTED_PUBLIC).unwrap();
    assert_eq!(commented.public_key(), public);
}

#[test]
fn the_content_of_a_file_says_which_format_it_is() {
    let files = ["pk", "pk.der", "pk.pem"].map(|end| read(&format!("keys/alice.{end}")));
    for file in files {
        assert_eq!(PublicKey::parse(&file).unwrap(), public("alice"));
    }
    let files = ["sk", "sk.der", "sk.pem"].map(|end| read(&format!("keys/alice.{end}")));
    for file in files {
        let key = SecretKey::parse(&file).unwrap();
        assert_eq!(key.public_key(), public("alice"));
    }
    let dora = SecretKey::parse(&read("keys/dora.ssh")).unwrap();
    assert_eq!(
        PublicKey::parse(&read("keys/dora.ssh.pub")).unwrap(),
        dora.public_key()
    );
    for (public, secret) in [(&b""[..], &b""[..]), (b"key", b"key"), (b"-----", b"-----")] {
        assert_eq!(PublicKey::parse(public).unwrap_err().kind(), InvalidKey);
        assert_eq!(SecretKey::parse(secret).unwrap_err().kind(), InvalidKey);
    }
    // A key of the other kind is no key of this one.
    for end in ["sk", "sk.der", "sk.pem"] {
        let file = read(&format!("keys/alice.{end}"));
        assert_eq!(PublicKey::parse(&file).unwrap_err().kind(), InvalidKey);
        let file = read(&format!("keys/alice.{}", end.replace('s', "p")));
        assert_eq!(SecretKey::parse(&file).unwrap_err().kind(), InvalidKey);
    }
}

#[test]
fn of_several_lines_the_first_ed25519_key_is_taken_or_all_are() {
    let file = read("keys/many.ssh.pub");
    let dora = PublicKey::from_openssh(&read("keys/dora.ssh.pub")).unwrap();
    assert_eq!(PublicKey::from_openssh(&file).unwrap(), public("mallory"));
    let all: Result<Vec<_>, _> = PublicKey::all_from_openssh(&file).collect();
    assert_eq!(all.unwrap(), [public("mallory"), dora, public("alice")]);
}

#[test]
fn damaged_lines_are_refused_and_other_lines_passed_over() {
    let good = String::from_utf8(read("keys/dora.ssh.pub")).unwrap();
    let key = good.split(' ').nth(1).unwrap();
    let dora = PublicKey::from_openssh(good.as_bytes()).unwrap();
    for line in [
        format!("ssh-ed25519 {key}"),
        format!("ssh-ed25519\t{key} a comment\r\n"),
        format!("# keys\n\nssh-ed25519-cert-v01@openssh.com x\nssh-ed25519 {key}\n"),
    ] {
        assert_eq!(PublicKey::from_openssh(line.as_bytes()).unwrap(), dora);
    }
    let blob = |algorithm: &[u8], key: &[u8], more: &[u8]| {
        Base64::encode_string(&[string(algorithm), string(key), more.to_vec()].concat())
    };
    let name = b"ssh-ed25519";
    for base64 in [
        String::new(),
        key[1..].to_owned(),
        key[..key.len() - 4].to_owned(),
        format!("{key}AAAA"),
        blob(b"ssh-ed25518", &[7; 32], b""),
        blob(name, &[7; 31], b"x"),
        blob(name, &[7; 33], b""),
        blob(name, &[7; 31], b""),
        blob(&[], &[7; 43], b""),
        // 32 bytes that are no point.
        blob(name, &read("keys/not-a-point.bad")[1..], b""),
    ] {
        let file = format!("# key\nssh-ed25519 {base64} comment\n");
        let error = PublicKey::from_openssh(file.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (InvalidKey, 6), "{file}");
    }
    let weak = blob(name, &read("keys/small-order.pk")[1..], b"");
    let error = PublicKey::from_openssh(format!("ssh-ed25519 {weak}").as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WeakKey);
    for none in [
        "",
        "ssh-rsa AAAA",
        "\n\n",
        " ssh-ed25519",
        "ssh-ed25519x AAAA",
    ] {
        let error = PublicKey::from_openssh(none.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (InvalidKey, 0));
        assert_eq!(PublicKey::all_from_openssh(none.as_bytes()).count(), 0);
    }
}

#[test]
fn encrypted_keys_are_named_as_such() {
    for parse in [SecretKey::from_openssh, SecretKey::parse] {
        assert_eq!(parse(ENCRYPTED).unwrap_err().kind(), EncryptedKey);
    }
    for parse in [SecretKey::from_pem, SecretKey::parse] {
        assert_eq!(parse(ENCRYPTED_PEM).unwrap_err().kind(), EncryptedKey);
    }
    assert_eq!(kind(ECDSA), InvalidKey);
}

#[test]
fn everything_that_is_said_twice_must_agree() {
    let sound = Pieces::sound().file();
    let key = SecretKey::from_openssh(sound.as_bytes()).unwrap();
    assert_eq!(key.public_key(), public("alice"));

    let bob = || public("bob").as_ed25519().to_vec();
    let all_bob = [bob(), bob(), bob()];
    let with = |change: fn(&mut Pieces)| {
        let mut pieces = Pieces::sound();
        change(&mut pieces);
        pieces
    };
    #[rustfmt::skip]
    let table = [
        (with(|key| key.magic = b"openssh-key-v2\0"), InvalidKey),
        (with(|key| key.magic = b""),                 InvalidKey),
        (with(|key| key.cipher = b"aes256-ctr"),      EncryptedKey),
        (with(|key| key.kdf = b"bcrypt"),             EncryptedKey),
        (with(|key| key.options = b"x"),              InvalidKey),
        (with(|key| key.count = 0),                   InvalidKey),
        (with(|key| key.count = 2),                   InvalidKey),
        (with(|key| key.algorithm = b"ssh-ed448"),    InvalidKey),
        (with(|key| key.behind_key = b"x"),           InvalidKey),
        (with(|key| key.public[0] = vec![7; 31]),     InvalidKey),
        (with(|key| key.public[0] = vec![7; 32]),     InvalidKey),
        (with(|key| key.public[1] = vec![7; 32]),     InvalidKey),
        (with(|key| key.public[2] = vec![7; 32]),     InvalidKey),
        (with(|key| key.public[2] = vec![7; 31]),     InvalidKey),
        (with(|key| key.public[2] = vec![]),          InvalidKey),
        (Pieces { public: all_bob, ..Pieces::sound() }, InvalidKey),
        (with(|key| key.checks[1] = 8),               InvalidKey),
        (with(|key| key.padding = vec![2]),           InvalidKey),
        (with(|key| key.padding = vec![1, 2]),        InvalidKey),
        (with(|key| key.padding = vec![]),            InvalidKey),
        (with(|key| key.padding = (1..=9).collect()), InvalidKey),
        (with(|key| key.behind = b"x"),               InvalidKey),
    ];
    for (index, (pieces, expected)) in table.into_iter().enumerate() {
        assert_eq!(kind(pieces.file().as_bytes()), expected, "{index}");
    }
}

#[test]
fn the_padding_is_less_than_a_block() {
    // With this comment the private part needs none.
    let padded = |padding| {
        let (comment, padding) = (b"notes".to_vec(), (1..=padding).collect());
        let pieces = Pieces {
            comment,
            padding,
            ..Pieces::sound()
        };
        pieces.file()
    };
    let key = SecretKey::from_openssh(padded(0).as_bytes()).unwrap();
    assert_eq!(key.public_key(), public("alice"));
    for whole_blocks in [8, 16] {
        assert_eq!(kind(padded(whole_blocks).as_bytes()), InvalidKey);
    }
}

#[test]
fn every_cut_and_every_changed_byte_but_those_that_say_nothing_is_refused() {
    let bytes = unarmour(COMMENTED);
    let key = SecretKey::from_openssh(COMMENTED).unwrap();
    for end in 0..bytes.len() {
        assert_eq!(kind(armour(&bytes[..end]).as_bytes()), InvalidKey, "{end}");
    }
    let mut accepted = Vec::new();
    for offset in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[offset] ^= 1;
        if let Ok(other) = SecretKey::from_openssh(armour(&bad).as_bytes()) {
            assert_eq!(other.to_bytes(), key.to_bytes());
            accepted.push(offset);
        }
    }
    let comment = b"a comment that is longer, for other padding";
    let start = bytes
        .windows(comment.len())
        .position(|window| window == comment)
        .unwrap();
    assert!(accepted.into_iter().eq(start..start + comment.len()));
}

#[test]
fn white_space_does_not_matter_and_the_length_has_a_limit() {
    let file = String::from_utf8(COMMENTED.to_vec()).unwrap();
    for file in [
        file.replace('\n', "\r\n"),
        format!("\n{file}\n"),
        file.trim().to_owned(),
    ] {
        SecretKey::from_openssh(file.as_bytes()).unwrap();
    }
    let of_comment = |comment: usize| {
        let pieces = Pieces {
            comment: vec![b'x'; comment],
            // Without a comment five bytes are missing to a multiple of 8.
            padding: (1..=5 - u8::try_from(comment % 8).unwrap()).collect(),
            ..Pieces::sound()
        };
        SecretKey::from_openssh(pieces.file().as_bytes()).map(|key| key.public_key())
    };
    let _ = of_comment(0).unwrap();
    assert_eq!(of_comment(2800).unwrap(), public("alice"));
    assert_eq!(of_comment(2880).unwrap_err().kind(), LimitExceeded);
    assert_eq!(
        kind(b"-----BEGIN OPENSSH PRIVATE KEY-----\nAA!A\n-----END OPENSSH PRIVATE KEY-----"),
        InvalidKey
    );
}
