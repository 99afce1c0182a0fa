use alloc_guard::alloc_free;

#[alloc_free]
fn f(
    #[cfg(all())]
    #[init(1)]
    x: u8,
) {
}

fn main() {}
