//! Trusted roots: which logs are taken, and what is refused.

use serde_json::{Value, json};
use wsc::ErrorKind::{
    self, BadField, BadJson, InvalidLogKey, LogIdMismatch, OutsideValidity, UnknownLog,
    UnsupportedFormat,
};
use wsc::rekor::{LogId, LogVersion, TrustedRoot};

use crate::vectors::{BUNDLE_V1, ROOT_V1, ROOT_V2, json, read, root, verdict, with};

#[test]
fn logs_are_read_with_name_version_and_validity() {
    let root = root(ROOT_V2);
    let logs: Vec<_> = root
        .logs()
        .map(|log| (log.name(), log.version(), log.validity().start))
        .collect();
    assert_eq!(
        logs,
        [
            ("rekor.sigstage.dev", LogVersion::V1, Some(1_610_452_407)),
            (
                "log2025-alpha1.rekor.sigstage.dev",
                LogVersion::V2,
                Some(1_744_761_600)
            ),
        ]
    );
    for log in root.logs() {
        assert_eq!(root.log(log.id()).unwrap().name(), log.name());
    }
    assert!(root.log(&LogId::new([0; 32])).is_none());
}

#[test]
fn an_id_is_shown_in_hexadecimal() {
    let root = root(ROOT_V1);
    let id = root.logs().next().unwrap().id();
    let hex = "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d";
    assert_eq!(
        (id.to_string(), format!("{id:?}")),
        (hex.to_owned(), format!("LogId({hex})"))
    );
    assert_eq!(id.as_bytes()[0], 0xc0);
}

#[test]
fn logs_of_other_kinds_are_passed_over() {
    for (place, value) in [
        ("/tlogs/0/publicKey/keyDetails", "PKCS1_RSA_PKCS1V5"),
        ("/tlogs/0/hashAlgorithm", "SHA2_512"),
        ("/tlogs/0/hashAlgorithm", ""),
        ("/tlogs", ""),
    ] {
        let value = if value.is_empty() {
            Value::Null
        } else {
            value.into()
        };
        let root = TrustedRoot::parse(&with(ROOT_V1, place, value)).unwrap();
        assert_eq!(root.logs().count(), 0);
        assert_eq!(verdict(&read(BUNDLE_V1), &root), Err(UnknownLog));
    }
}

#[test]
fn a_root_that_is_not_of_the_form_is_refused() {
    let key = "/tlogs/0/publicKey";
    let bytes = &format!("{key}/rawBytes");
    let point = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtg==";
    let ed25519 = "MCowBQYDK2VwAyEAPn+AREHoBaZ7wgS1zBqpxmLSGnyhxXj4lFxSdWVB8o8=";
    let id = "/tlogs/0/logId/keyId";
    #[rustfmt::skip]
    let table: [(&str, Value, ErrorKind); 20] = [
        ("/mediaType",                             Value::Null,               BadField),
        ("/mediaType",                             json!(7),                  BadField),
        ("/mediaType",                             json!("application/json"), UnsupportedFormat),
        ("/tlogs",                                 json!({}),                 BadField),
        ("/tlogs/0",                               json!("log"),              BadField),
        ("/tlogs/0/baseUrl",                       Value::Null,               BadField),
        ("/tlogs/0/baseUrl",                       json!("rekor"),            BadField),
        ("/tlogs/0/baseUrl",                       json!("https://"),         BadField),
        (key,                                      Value::Null,               BadField),
        (bytes,                                    Value::Null,               BadField),
        (bytes,                                    json!("no base64"),        BadField),
        (bytes,                                    json!(""),                 InvalidLogKey),
        (bytes,                                    json!(point),              InvalidLogKey),
        (bytes,                                    json!(ed25519),            InvalidLogKey),
        (id,                                       Value::Null,               BadField),
        (id,                                       json!("AAAA"),             BadField),
        (id,                                       json!("G3wUKk6ZK6ffHh/FdCRUE2wVekyzHEEIpSG4savnv0w="), LogIdMismatch),
        ("/tlogs/0/publicKey/validFor",            json!("always"),           BadField),
        ("/tlogs/0/publicKey/validFor/start",      json!("yesterday"),        BadField),
        ("/tlogs/0/publicKey/validFor/end",        json!(7),                  BadField),
    ];
    for (place, value, kind) in table {
        let file = with(ROOT_V1, place, value.clone());
        let error = TrustedRoot::parse(&file).unwrap_err();
        assert_eq!(error.kind(), kind, "{place}: {value}");
        if kind != BadField {
            let written = value.to_string();
            let file = String::from_utf8(file).unwrap();
            assert_eq!(Some(error.offset()), file.find(&written), "{place}");
        }
    }
}

#[test]
fn a_key_without_validity_is_always_valid() {
    let place = "/tlogs/0/publicKey/validFor";
    let root = TrustedRoot::parse(&with(ROOT_V1, place, Value::Null)).unwrap();
    let validity = root.logs().next().unwrap().validity();
    assert_eq!((validity.start, validity.end), (None, None));
    assert_eq!(verdict(&read(BUNDLE_V1), &root), Ok(()));
}

#[test]
fn the_name_is_part_of_the_id_of_a_version_2_log() {
    let renamed = with(
        ROOT_V2,
        "/tlogs/1/baseUrl",
        "https://log2025-alpha2.rekor.sigstage.dev",
    );
    let error = TrustedRoot::parse(&renamed).unwrap_err();
    assert_eq!(error.kind(), LogIdMismatch);
}

#[test]
fn a_p256_point_is_written_in_full() {
    // The same key with its point compressed, which is another DER file and so another id.
    let der = "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAD2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qU=";
    let root = with(ROOT_V1, "/tlogs/0/publicKey/rawBytes", der);
    assert_eq!(TrustedRoot::parse(&root).unwrap_err().kind(), InvalidLogKey);
}

#[test]
fn the_url_may_have_a_port_and_a_path() {
    for url in [
        "https://rekor.sigstore.dev:443",
        "http://rekor.sigstore.dev/api/v1",
        "https://rekor.sigstore.dev?x",
        "https://rekor.sigstore.dev/at/https://other.dev",
    ] {
        let root = TrustedRoot::parse(&with(ROOT_V1, "/tlogs/0/baseUrl", url)).unwrap();
        assert_eq!(verdict(&read(BUNDLE_V1), &root), Ok(()), "{url}");
    }
}

#[test]
fn a_key_counts_within_its_validity_only() {
    // The entry is of 2023-07-12T15:56:36Z.
    #[rustfmt::skip]
    let table = [
        (json!({}),                                                                    Ok(())),
        (json!({"start": "2023-07-12T15:56:36Z"}),                                     Ok(())),
        (json!({"start": "2023-07-12T15:56:37Z"}),                                     Err(OutsideValidity)),
        (json!({"start": "2021-01-12T11:53:27Z", "end": "2023-07-12T15:56:36Z"}),      Ok(())),
        (json!({"start": "2021-01-12T11:53:27Z", "end": "2023-07-12T15:56:35.999Z"}),  Err(OutsideValidity)),
        (json!({"start": null, "end": "2022-01-01T00:00:00Z"}),                        Err(OutsideValidity)),
    ];
    for (validity, expected) in table {
        let root = with(ROOT_V1, "/tlogs/0/publicKey/validFor", validity.clone());
        let root = TrustedRoot::parse(&root).unwrap();
        assert_eq!(verdict(&read(BUNDLE_V1), &root), expected, "{validity}");
    }
}

#[test]
fn every_prefix_of_a_root_is_no_json() {
    let file = read(ROOT_V1);
    for len in 0..file.trim_ascii_end().len() {
        let error = TrustedRoot::parse(&file[..len]).unwrap_err();
        assert_eq!(error.kind(), BadJson, "{len}");
    }
}

#[test]
fn of_two_logs_with_one_id_the_first_counts() {
    let mut file = json(ROOT_V1);
    let mut other = file["tlogs"][0].clone();
    other["publicKey"]["validFor"] = json!({"end": "2022-01-01T00:00:00Z"});
    file["tlogs"].as_array_mut().unwrap().push(other);
    let root = TrustedRoot::parse(&serde_json::to_vec(&file).unwrap()).unwrap();
    assert_eq!(root.logs().count(), 2);
    assert_eq!(verdict(&read(BUNDLE_V1), &root), Ok(()));
}
