// The data that a page carries: one `PageData`, as JSON, deflated (raw), in base64, in the element `#data`.
// The Rust side writes the same names in `src/html/data.rs`. Types only: this file is not part of the page.
//
// Everything is in columns: the arrays of one table have one length, and a row is one index into all of them.
// A text is an index into `strings`, whose first entry is empty.

/**
 * @typedef {object} PageData
 * @property {1} version
 * @property {string} generator - name and version of the program that wrote the page
 * @property {ProfileData[]} profiles - one; or two to compare: base, then changed
 */

/**
 * One recording.
 *
 * @typedef {object} ProfileData
 * @property {string} title
 * @property {string} source - what recorded it: `alloc-guard`, `ByteHound`, `DHAT`
 * @property {number} started_ms - since 1970; 0 if not known
 * @property {number} duration_ns - 0 if not known
 * @property {string} program
 * @property {string} target - target triple; empty if not known
 * @property {string} build - `debug`, `release`; empty if not known
 * @property {string[]} warnings - where the numbers could mislead; shown above everything else
 * @property {string[]} strings
 * @property {FrameColumns} frames
 * @property {StackColumns} stacks
 * @property {string[]} threads - names; none if the source has no threads
 * @property {OperationColumns} operations - guarded tests; none if the source has none
 * @property {ContextColumns} contexts - context 0 is outside every operation
 * @property {Totals} totals
 * @property {TimelineColumns | null} timeline - null if the source has no time
 * @property {RowColumns} rows
 * @property {RowColumns | null} whole - without time, but every stack on its own, where `rows` are too many to have them; else null
 * @property {EventColumns | null} events - each allocation, up to 50,000 of them; null above
 */

/**
 * Call levels, inlined ones included.
 *
 * @typedef {object} FrameColumns
 * @property {number[]} function - a text
 * @property {number[]} same - a text, which the same function of another build has too; 0 where nothing is compared
 * @property {number[]} file - a text; 0 if not known
 * @property {number[]} line - 0 if not known
 * @property {number[]} class - 0 workspace, 1 dependency, 2 std and test harness, 3 guard and its harness, 4 system, 5 unknown
 * @property {number[]} inlined - 1 if inlined into its caller
 * @property {number[]} source - the text of that line; 0 if it could not be read
 */

/**
 * Call stacks as a tree: node 0 is the root, and a parent comes before its children.
 *
 * @typedef {object} StackColumns
 * @property {number[]} parent
 * @property {number[]} frame
 * @property {(number | null)[]} site - the frame that the stack is listed under; null of the stack without frames
 */

/**
 * @typedef {object} OperationColumns
 * @property {string[]} name - `module::test`
 * @property {string[]} title - the operation's own words; empty if it has none
 * @property {string[]} expectation - `no allocations`; empty if not known
 * @property {string[]} verdict - `passed`, `failed`; empty if not known
 * @property {string[]} measured - `3 allocations, 96 B`; empty if not known
 */

/**
 * @typedef {object} ContextColumns
 * @property {number[]} operation - an operation's index plus 1; 0 if outside
 * @property {number[]} phase - 0 outside, 1 init, 2 locked, 3 after, 4 warm-up
 */

/**
 * @typedef {object} Totals
 * @property {number} allocations
 * @property {number} bytes
 * @property {number} deallocations
 * @property {number} peak_bytes
 * @property {number} peak_allocations
 * @property {number} peak_ns - when the high-water mark was reached; 0 if not known
 * @property {number} leaked
 * @property {number} leaked_bytes
 * @property {number | null} temporary - null if the source cannot tell
 * @property {number | null} temporary_bytes
 */

/**
 * The whole process in equal steps of time, at most 512.
 *
 * @typedef {object} TimelineColumns
 * @property {number} step_ns
 * @property {number[]} live_bytes - at the end of the step
 * @property {number[]} live_allocations - at the end of the step
 * @property {number[]} high_bytes - the most within the step
 */

/**
 * Allocations summed by stack, thread, context, step of time and size class. Where that would be too many, there is one
 * size class of each, that of the mean size; and, in `rows`, rare stacks are summed with their callers.
 *
 * @typedef {object} RowColumns
 * @property {number[]} stack - the innermost node
 * @property {number[]} thread - 0 if the source has no threads
 * @property {number[]} context
 * @property {number[]} step - when they were allocated; 0 if the source has no time
 * @property {number[]} class - size class: sizes below 2^class, at least 2^(class-1); 0 for size 0
 * @property {number[]} allocations
 * @property {number[]} bytes
 * @property {number[]} peak - of these, live at the high-water mark
 * @property {number[]} peak_bytes
 * @property {number[]} leaked - of these, live at the end
 * @property {number[]} leaked_bytes
 * @property {number[]} temporary - of these, freed before their thread's next allocation
 * @property {number[]} temporary_bytes
 */

/**
 * @typedef {object} EventColumns
 * @property {number[]} time_ns
 * @property {(number | null)[]} end_ns - when it was freed; null if live at the end
 * @property {number[]} size
 * @property {number[]} stack
 * @property {number[]} thread
 * @property {number[]} context
 * @property {number[]} kind - 0 allocated, 1 zeroed, 2 grown, 3 shrunk
 */
