use alloc_guard::alloc_free;

trait T {
    #[alloc_free]
    fn f();
}

fn main() {}
