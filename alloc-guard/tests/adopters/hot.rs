// The same guarded tests in every crate that adopts alloc-guard, in the words of every edition since
// 2018. `EXPECTED` in `adoption.rs` says what each must come out as.

/// Reads its fixture
#[alloc_free]
fn free(#[init(vec![3_u8; 64])] data: &[u8]) {
    black_box(data.iter().max());
}

#[allocates(max_allocations = 1)]
fn within_its_budget() {
    drop(black_box(vec![1_u8; 10]));
}

#[alloc_free]
fn regresses_in_the_library(#[init(Vec::new())] data: &mut Vec<u8>) {
    grow(data);
}

#[alloc_free]
fn regresses_in_the_library_too(#[init(Vec::new())] data: &mut Vec<u8>) {
    grow(data);
}

#[allocates(max_bytes = 10)]
fn over_its_budget() {
    drop(black_box(vec![1_u8; 11]));
}

#[alloc_free]
fn panics() {
    assert_eq!(black_box(1), 2, "as it may");
}

#[alloc_free]
#[should_panic(expected = "as it must")]
fn panics_as_it_should() {
    panic!("as it must");
}

#[alloc_free]
fn returns_an_error() -> Result<(), String> {
    Err(String::new())
}

#[alloc_free]
#[ignore = "not today"]
fn ignored() {
    drop(black_box(vec![1_u8; 11]));
}

#[alloc_free]
async fn polled(#[init(5)] five: &i32) {
    assert_eq!(ready(*five).await, 5);
}

#[alloc_free(scope = "process")]
fn counts_every_thread() {
    std::thread::spawn(|| drop(black_box(vec![1_u8; 99]))).join().unwrap();
}
