// From the element `#data` to a `PageData`, or to words that say what is wrong.

/** A report that cannot be shown, with what to do about it. */
class Unreadable extends Error {}

/**
 * @param {string} base64
 * @returns {Promise<PageData>}
 */
async function decodeReport(base64) {
  if (typeof DecompressionStream === "undefined") {
    throw new Unreadable(
      "This browser cannot unpack the report: it has no DecompressionStream. " +
        "Firefox 120, Chrome 123, Safari 17.5 and everything newer can.",
    );
  }
  /** @type {unknown} */
  let report;
  try {
    const packed = new Blob(bytesOf(base64.trim()));
    const unpacked = packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
    report = await new Response(unpacked).json();
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  return checkReport(report);
}

/** @param {string} detail */
function damaged(detail) {
  return new Unreadable(
    `The data of this report are damaged (${detail}). Write it again from the profile: cargo alloc-guard report --format html FILE`,
  );
}

/**
 * In pieces, so that no string of the whole length is made a second time.
 *
 * @param {string} base64
 */
function bytesOf(base64) {
  const piece = 4 * 65536;
  const pieces = [];
  for (let start = 0; start < base64.length; start += piece) {
    const text = atob(base64.slice(start, start + piece));
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    pieces.push(bytes);
  }
  return pieces;
}

/**
 * Holds the data to the contract, so that nothing behind this needs to look again.
 *
 * @param {any} report
 * @returns {PageData}
 */
function checkReport(report) {
  if (report?.version !== 1) throw damaged(`version ${report?.version}, and this page reads version 1`);
  if (!Array.isArray(report.profiles) || report.profiles.length < 1 || report.profiles.length > 2) {
    throw damaged("it must have one profile, or two");
  }
  for (const profile of report.profiles) checkProfile(profile);
  return report;
}

/** @param {any} profile */
function checkProfile(profile) {
  const { strings, frames, stacks, threads, operations, contexts, timeline, rows, whole, events } = profile;
  const texts = { same: strings.length, function: strings.length, file: strings.length, source: strings.length };
  checkColumns("frames", frames, ["function", "same", "file", "line", "class", "inlined", "source"], {
    ...texts,
    class: 6,
  });
  checkColumns("stacks", stacks, ["parent", "frame"], { frame: Math.max(1, frames.line.length) });
  for (let i = 1; i < stacks.parent.length; i++) {
    if (!(stacks.parent[i] < i)) throw damaged(`stacks.parent[${i}] does not come before it`);
  }
  checkColumns("operations", operations, ["name", "title", "expectation", "verdict", "measured"], {});
  checkColumns("contexts", contexts, ["operation", "phase"], { operation: operations.name.length + 1, phase: 5 });
  const keys = {
    stack: stacks.parent.length,
    thread: Math.max(1, threads.length),
    context: contexts.phase.length,
  };
  if (timeline) checkColumns("timeline", timeline, ["live_bytes", "live_allocations", "high_bytes"], {});
  const step = timeline ? timeline.live_bytes.length : 1;
  const columns = ["stack", "thread", "context", "step", "class", ...METRICS];
  checkColumns("rows", rows, columns, { ...keys, step, class: 65 });
  if (whole) checkColumns("whole", whole, columns, { ...keys, step: 1, class: 65 });
  if (events) {
    const columns = ["time_ns", "end_ns", "size", "stack", "thread", "context", "kind"];
    checkColumns("events", events, columns, { ...keys, kind: 4 });
  }
}

/**
 * @param {string} table
 * @param {any} columns
 * @param {string[]} names
 * @param {Record<string, number>} limits - what an index must be below
 */
function checkColumns(table, columns, names, limits) {
  const length = columns?.[names[0] ?? ""]?.length;
  for (const name of names) {
    const column = columns?.[name];
    if (!Array.isArray(column) || column.length !== length) throw damaged(`the column ${table}.${name} is not whole`);
    const limit = limits[name];
    if (limit === undefined) continue;
    for (let i = 0; i < column.length; i++) {
      if (!(column[i] >= 0 && column[i] < limit)) throw damaged(`${table}.${name}[${i}] is ${column[i]}`);
    }
  }
}
