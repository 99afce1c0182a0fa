use alloc_guard::alloc_free;

#[alloc_free(max_bytes = 1, scope = "threads")]
unsafe fn f() {}

fn caller() {
    unsafe { f() }
}

fn main() {}
