//! The names of functions, in one form whichever tool wrote them down.

/// The name of a function, demangled and without a hash.
pub(crate) fn demangle(name: &str) -> String {
    let name = name.trim();
    match rustc_demangle::try_demangle(name) {
        // The alternate form leaves out the hash.
        Ok(demangled) => format!("{demangled:#}"),
        Err(_) => without_hash(name).to_owned(),
    }
}

/// What was demangled with its hash: `main::h0123456789abcdef`.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            name
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for (written, form) in [
            (
                "_ZN3toy16phase_vec_growth17hac5063053f6fbc06E",
                "toy::phase_vec_growth",
            ),
            (
                "_ZN5alloc7raw_vec20RawVecInner$LT$A$GT$11finish_grow17h9ceac14458cb267fE.llvm.6509232490960563609",
                "alloc::raw_vec::RawVecInner<A>::finish_grow",
            ),
            (
                "_RNvNtCsjrHSEGnQ3l9_3std2rt19lang_start_internal",
                "std::rt::lang_start_internal",
            ),
            ("toy::main::hcb4625d272420529", "toy::main"),
            ("toy::hash::hello", "toy::hash::hello"),
            (
                "push<u64, alloc::alloc::Global>",
                "push<u64, alloc::alloc::Global>",
            ),
            ("malloc", "malloc"),
            ("", ""),
        ] {
            assert_eq!(demangle(written), form);
        }
    }
}
