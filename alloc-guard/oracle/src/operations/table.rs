//! Owns the table of operations.

use super::{collections, field::ROWS, pointers, text, third_party};

/// What is counted: one call of it is one run.
pub type Body = Box<dyn FnMut()>;

/// One thing to count.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The name of its function.
    pub name: &'static str,
    /// Makes what it needs, which is not counted, and returns what it does.
    pub prepare: fn() -> Body,
    /// Of its blocks.
    pub alignment: Alignment,
}

/// How the blocks of an operation are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// As `malloc` aligns.
    Malloc,
    /// All of them beyond what `malloc` promises. Rust's system allocator makes each such request
    /// with `posix_memalign`: a resize is a new block, a copy and a free, a zeroed block is filled.
    Beyond,
}

impl Operation {
    /// The operation called `name`.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }
}

/// Every operation.
pub const OPERATIONS: &[Operation] = &ALL;

const ALL: [Operation; WITHOUT_FIXTURES.len() + ROWS.len()] = {
    let mut all = [WITHOUT_FIXTURES[0]; WITHOUT_FIXTURES.len() + ROWS.len()];
    let mut index = 0;
    while index < all.len() {
        all[index] = if index < WITHOUT_FIXTURES.len() {
            WITHOUT_FIXTURES[index]
        } else {
            ROWS[index - WITHOUT_FIXTURES.len()].operation
        };
        index += 1;
    }
    all
};

macro_rules! operations {
    ($($module:ident { $($name:ident $(: $alignment:ident)?),* $(,)? })*) => {
        const WITHOUT_FIXTURES: &[Operation] = &[
            $($(Operation {
                name: stringify!($name),
                prepare: || Box::new($module::$name as fn()),
                alignment: operations!(@alignment $($alignment)?),
            },)*)*
        ];
    };
    (@alignment) => { Alignment::Malloc };
    (@alignment $alignment:ident) => { Alignment::$alignment };
}

operations! {
    text {
        string_push, string_from_literal, string_into_boxed_str, string_replace,
        string_split_and_join, string_repeat, string_to_uppercase, string_from_utf8_lossy,
        string_collect_chars, string_encode_utf16, string_leak, format_numbers, path_join,
        path_components, c_string_new, os_string_push, parse_numbers,
    }
    collections {
        vec_push, vec_zeroed, vec_zeroed_then_grown, vec_zeroed_then_shrunk, vec_filled,
        vec_with_capacity, vec_shrink_to_fit, vec_shrink_to_nothing, vec_reserve_exact,
        vec_collect_known_length, vec_collect_unknown_length, vec_collect_in_place,
        vec_sort_stable, vec_sort_unstable, vec_append_and_split_off, vec_of_vecs, vec_clone,
        vec_leak, vec_into_boxed_slice, vec_overaligned_push: Beyond,
        vec_overaligned_shrink: Beyond, slice_overaligned_zeroed: Beyond, slice_zeroed,
        slice_concat, vec_deque_push_both_ends, vec_deque_into_vec, btree_map_insert_and_remove,
        btree_map_collect, btree_set_split_off, binary_heap_push_and_pop, linked_list_push,
        hash_map_insert, hash_map_shrink, hash_set_intersection,
    }
    pointers {
        box_new, box_dyn_trait, box_zero_sized, box_leak, boxed_closures, boxed_error, rc_clone,
        rc_str, rc_cycle, arc_make_mut, arc_slice, arc_weak_outlives, cow_to_mut, channel_send,
    }
    third_party {
        json_parse_value, json_parse_struct, json_serialize, json_serialize_pretty, regex_compile,
        regex_find_all, regex_captures, regex_replace_all, hashbrown_insert, hashbrown_shrink,
        hashbrown_clone, indexmap_insert_and_remove, smallvec_inline, smallvec_spill,
        smallvec_shrink, bytes_freeze_and_slice, bytes_reserve_and_split, itertools_sorted,
        itertools_permutations, itertools_join, base64_round_trip, hex_round_trip, semver_parse,
        url_parse, toml_parse, sha256_digest,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_operations_have_one_name() {
        let names: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), OPERATIONS.len());
    }
}
