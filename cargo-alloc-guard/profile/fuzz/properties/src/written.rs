//! What holds of whatever is made of a profile: it is written, and what can be read again says the same.

use std::io;

use alloc_guard_profile::{
    Profile, Totals, export,
    html::{Page, Shown, Sources, page},
    read,
};

pub(crate) fn check(profile: &Profile) {
    let shown = Shown::new("fuzzed", profile);
    let written = [
        export::json(profile, io::sink()),
        export::speedscope(profile, io::sink()),
        export::folded(profile, export::Metric::default(), io::sink()),
        page(&Page::One(shown), &Sources::none(), io::sink()),
        page(&Page::Diff(shown, shown), &Sources::none(), io::sink()),
    ];
    assert!(written.iter().all(Result::is_ok), "{written:?}");
    // It refuses what it cannot express.
    if let Err(error) = export::heaptrack(profile, io::sink()) {
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    }
    let mut dhat = Vec::new();
    assert!(export::dhat(profile, &mut dhat).is_ok());
    match read(&dhat[..]) {
        Ok(again) => assert_eq!(sums(&again.totals()), sums(&profile.totals())),
        Err(error) => panic!("our own export is refused: {error}"),
    }
}

/// What every kind of profile has.
fn sums(totals: &Totals) -> [alloc_guard_profile::Amount; 3] {
    [totals.allocations, totals.peak, totals.leaked]
}
