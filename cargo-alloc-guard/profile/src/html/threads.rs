//! The threads of a page: each of the first, and all others as one.

use crate::model::{Profile, ThreadId};

/// So many are told apart. A test has a thread of its own, so there may be many, but nobody looks through more.
const MAX_THREADS: u32 = 1000;

/// What `thread` is in the page.
pub(super) fn shown(thread: ThreadId) -> ThreadId {
    ThreadId(thread.0.min(MAX_THREADS))
}

pub(super) fn names(profile: &Profile) -> Vec<String> {
    let name = |thread: &crate::Thread| match &*thread.name {
        "" => format!("thread {}", thread.id),
        name => name.to_owned(),
    };
    let told_apart = profile.threads.iter().take(MAX_THREADS as usize);
    let mut names: Vec<_> = told_apart.map(name).collect();
    match profile.threads.len() - names.len() {
        0 => {}
        1 => names.push("1 other thread".to_owned()),
        others => names.push(format!("{others} other threads")),
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Thread;

    #[test]
    fn threads_beyond_the_limit_are_one() {
        for (count, named, last) in [
            (1_u32, 1, "thread 0"),
            (MAX_THREADS, 1000, "thread 999"),
            (MAX_THREADS + 1, 1001, "1 other thread"),
            (MAX_THREADS + 7, 1001, "7 other threads"),
        ] {
            let threads = (0..count).map(|id| Thread {
                id: id.into(),
                ..Thread::default()
            });
            let profile = Profile {
                threads: threads.collect(),
                ..Profile::default()
            };
            let names = names(&profile);
            assert_eq!(names.len(), named);
            assert_eq!(names.last().map(String::as_str), Some(last));
            let newest = shown(ThreadId(count - 1)).0 as usize;
            assert_eq!(newest, named - 1);
        }
    }
}
