use alloc_guard::alloc_free;

#[alloc_free]
fn f()
where
    u8: Copy,
{
}

fn main() {}
