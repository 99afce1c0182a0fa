//! What the pictures in the guide to Memory Analysis show: the same work, done so that the profile looks ill, and well.

use std::{collections::HashMap, fmt::Write as _, hint::black_box};

use alloc_guard::{alloc_free, allocates};

const REQUESTS: u64 = 5000;

/// Copies what it could borrow, keeps every answer, and forgets what it leaked.
#[derive(Default)]
struct Ill {
    answers: HashMap<u64, String>,
}

impl Ill {
    fn path(&self, request: u64) -> String {
        format!("/items/{request}")
    }

    fn parts(&self, path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    fn answer(&mut self, request: u64) {
        // A line for a log that is off.
        black_box(format!("answering request {request} of a client"));
        let path = self.path(request);
        let parts = self.parts(&path);
        let answer = format!("{}: {}", parts[1], parts[2].repeat(8));
        self.answers.insert(request, answer);
        if request % 100 == 0 {
            self.register(path);
        }
    }

    /// Names that somebody once wanted to be `&'static str`.
    fn register(&self, path: String) {
        black_box(path.repeat(64).leak());
    }
}

/// Borrows, and keeps the last answers only, in memory that it has.
struct Well {
    path: String,
    answers: Vec<String>,
}

impl Well {
    fn new() -> Self {
        Self {
            path: String::with_capacity(64),
            answers: (0..16).map(|_| String::with_capacity(256)).collect(),
        }
    }

    fn answer(&mut self, request: u64) {
        self.path.clear();
        let _ = write!(self.path, "/items/{request}");
        let mut parts = self.path.split('/').skip(1);
        let (kind, id) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let place = (request % 16) as usize;
        let answer = &mut self.answers[place];
        answer.clear();
        let _ = write!(answer, "{kind}: ");
        for _ in 0..8 {
            answer.push_str(id);
        }
    }
}

/// Answering, done ill
#[allocates]
fn ill(#[init(Ill::default())] server: &mut Ill) {
    for request in 0..REQUESTS {
        server.answer(request);
    }
}

/// Answering, done well
#[alloc_free]
fn well(#[init(Well::new())] server: &mut Well) {
    // More of them, since each takes less time.
    for request in 0..REQUESTS * 20 {
        server.answer(request);
    }
}
