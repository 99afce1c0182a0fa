// A profile made ready to be looked at: columns as typed arrays, the site of each stack, texts of frames.

/** What each row, stack and group is summed by, in this order. */
const METRICS = /** @type {const} */ ([
  "allocations",
  "bytes",
  "peak",
  "peak_bytes",
  "leaked",
  "leaked_bytes",
  "temporary",
  "temporary_bytes",
]);

/** @typedef {typeof METRICS[number]} Metric */

const WIDTH = METRICS.length;

/** @param {Metric} metric */
function metricIndex(metric) {
  return METRICS.indexOf(metric);
}

/** @type {Record<Metric, string>} */
const METRIC_TITLES = {
  allocations: "Allocations",
  bytes: "Bytes allocated",
  peak: "Allocations at the peak",
  peak_bytes: "Bytes at the peak",
  leaked: "Leaked allocations",
  leaked_bytes: "Leaked bytes",
  temporary: "Temporary allocations",
  temporary_bytes: "Temporary bytes",
};

/** The bytes of a number of allocations, and the number of bytes. @param {Metric} metric */
function partnerOf(metric) {
  return METRICS[metricIndex(metric) ^ 1] ?? metric;
}

/** @param {Metric} metric */
function isBytes(metric) {
  return metric.endsWith("bytes");
}

/** @param {Metric} metric @param {number} value */
function metricText(metric, value) {
  return isBytes(metric) ? bytesText(value) : countText(value);
}

const DEPENDENCY = 1;
const UNKNOWN = 5;

const CLASS_TITLES = ["workspace", "dependency", "std and harness", "guard", "system", "unknown"];
const PHASE_TITLES = ["outside", "init", "locked", "after", "warm-up"];

/** @typedef {ReturnType<typeof rowsOf>} Rows */

/** @param {RowColumns} columns */
function rowsOf(columns) {
  return {
    stack: Int32Array.from(columns.stack),
    thread: Int32Array.from(columns.thread),
    context: Int32Array.from(columns.context),
    step: Int32Array.from(columns.step),
    class: Int32Array.from(columns.class),
    metrics: METRICS.map((metric) => Float64Array.from(columns[metric])),
  };
}

class Profile {
  /** @param {ProfileData} data */
  constructor(data) {
    this.data = data;
    this.parent = Int32Array.from(data.stacks.parent);
    this.frame = Int32Array.from(data.stacks.frame);
    this.stacks = this.parent.length;
    this.rows = rowsOf(data.rows);
    this.whole = data.whole && rowsOf(data.whole);
    this.steps = data.timeline ? data.timeline.live_bytes.length : 0;
    this.place = this.places();
    // Of a function and line, one frame stands for all.
    this.site = Int32Array.from(data.stacks.site, (frame) => (frame === null ? -1 : at(this.place, frame)));
    this.knowsTemporary = data.totals.temporary !== null;
  }

  /** For each frame, the first frame of the same function and line. */
  places() {
    const { function: functions, file, line } = this.data.frames;
    /** @type {Map<string, number>} */
    const first = new Map();
    return Int32Array.from(functions, (name, frame) => {
      const key = `${name} ${file[frame]} ${line[frame]}`;
      const known = first.get(key);
      if (known !== undefined) return known;
      first.set(key, frame);
      return frame;
    });
  }

  /** @param {number} text */
  text(text) {
    return this.data.strings[text] ?? "";
  }

  /** @param {number} frame */
  class(frame) {
    return this.data.frames.class[frame] ?? UNKNOWN;
  }

  /** @param {number} frame */
  functionName(frame) {
    return (frame >= 0 && this.text(this.data.frames.function[frame] ?? 0)) || "(unknown)";
  }

  /** What tells the function from others in two profiles. @param {number} frame */
  sameName(frame) {
    return (frame >= 0 && this.text(this.data.frames.same[frame] ?? 0)) || this.functionName(frame);
  }

  /** The line of source, empty if it could not be read. @param {number} frame */
  source(frame) {
    return this.text(this.data.frames.source[frame] ?? 0);
  }

  /** `src/lib.rs:12`, or empty. @param {number} frame */
  location(frame) {
    const file = this.text(this.data.frames.file[frame] ?? 0);
    const line = this.data.frames.line[frame] ?? 0;
    return line > 0 && file ? `${file}:${line}` : file;
  }

  /** Frames of a stack, innermost first. @param {number} stack */
  framesOf(stack) {
    const frames = [];
    for (let node = stack; node > 0; node = at(this.parent, node)) frames.push(at(this.frame, node));
    return frames;
  }

  /** @param {number} thread */
  threadName(thread) {
    return this.data.threads[thread] || `thread ${thread + 1}`;
  }

  /** @param {number} operation */
  operationName(operation) {
    return (
      this.data.operations.title[operation] || this.data.operations.name[operation] || `operation ${operation + 1}`
    );
  }
}

/**
 * An element that is known to be there.
 *
 * @param {ArrayLike<number>} array
 * @param {number} index
 */
function at(array, index) {
  return array[index] ?? 0;
}

/**
 * A name shortened to its last parts, closures not counted: `Vec<T>::push` of `alloc::vec::Vec<T>::push`.
 *
 * @param {string} name
 */
function shortName(name) {
  let depth = 0;
  let wanted = 2;
  for (let i = name.length - 1; i > 0; i--) {
    const character = name[i];
    if (character === ">" && name[i - 1] !== "-") depth++;
    else if (character === "<") depth--;
    else if (depth === 0 && character === ":" && name[i - 1] === ":") {
      if (name[i + 1] !== "{") wanted--;
      if (wanted === 0) return name.slice(i + 1);
      i--;
    }
  }
  return name;
}
