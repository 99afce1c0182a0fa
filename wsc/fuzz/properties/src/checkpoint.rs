//! The checkpoint of a log.

use base64ct::{Base64, Encoding};
use wsc::ErrorKind;
use wsc::rekor::{Checkpoint, TrustedRoot};

use crate::allocation::free;
use crate::choice::Choice;
use crate::logs::{COMMITTED, ROOTS, committed};

/// The text of a checkpoint. Bytes that are no text are left out.
///
/// # Panics
///
/// If a property does not hold.
pub fn checkpoint(bytes: &[u8]) {
    let text = bytes.utf8_chunks().map(|chunk| chunk.valid());
    let text = &*text.collect::<String>();
    let checkpoint = match free(|| Checkpoint::parse(text)) {
        Ok(checkpoint) => checkpoint,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::BadCheckpoint);
            return assert!(error.offset() <= text.len(), "{error}");
        }
    };
    let tree = checkpoint.tree();
    let root = Base64::encode_string(&tree.root);
    let start = format!("{}\n{}\n{root}\n", checkpoint.origin(), tree.size);
    assert!(text.starts_with(&start), "each line has one encoding");

    for log in ROOTS.iter().flat_map(TrustedRoot::logs) {
        let Ok(verified) = free(|| checkpoint.verify(log)) else {
            continue;
        };
        assert_eq!((verified.tree(), verified.log().id()), (tree, log.id()));
        assert!(checkpoint.origin().starts_with(log.name()));
        let tree_id = verified.tree_id().map(|id| format!(" - {id}"));
        let origin = [log.name(), tree_id.as_deref().unwrap_or_default()].concat();
        assert_eq!(checkpoint.origin(), origin);
        assert!(
            COMMITTED.contains(&committed(&checkpoint)),
            "no log signed this"
        );

        let note = text.rfind("\n\n").expect("it was read") + 1;
        let (damaged, at) = Choice::of(bytes).damage(text.as_bytes(), 0..note);
        let holds = str::from_utf8(&damaged)
            .is_ok_and(|text| Checkpoint::parse(text).is_ok_and(|it| it.verify(log).is_ok()));
        assert!(!holds, "byte {at} is not covered");
    }
}
