// Filters, and what is left of a profile when they are applied. Every tab shows a view and nothing else.

/**
 * @typedef {object} Filters
 * @property {number} from - first step of time; -1 from the start
 * @property {number} to - last step of time; -1 to the end
 * @property {number} thread - -1 for all
 * @property {number} operation - -1 for all
 * @property {string} phase - empty for all; `run` for all but set-up; else a phase's number
 * @property {string} text - in the name or file of any frame
 * @property {number} site - a frame; -1 for all
 */

/**
 * Sums by some key: `sums[key * WIDTH + metricIndex]`.
 *
 * @typedef {Float64Array} Sums
 */

/**
 * @typedef {object} View
 * @property {Profile} profile
 * @property {Filters} filters
 * @property {number[]} total - by metric
 * @property {Sums} byStack
 * @property {Sums} byThread
 * @property {Sums} byContext
 * @property {Sums} byClass
 * @property {Sums} byStep
 * @property {(event: number) => boolean} hasEvent
 */

/**
 * @param {Profile} profile
 * @param {Filters} filters
 * @returns {View}
 */
function makeView(profile, filters) {
  const { data } = profile;
  const stacks = stacksOf(profile, filters);
  const contexts = contextsOf(profile, filters);
  const from = filters.from < 0 ? 0 : filters.from;
  const to = filters.to < 0 ? Infinity : filters.to;
  const passing = { from, to, thread: filters.thread, stacks, contexts };
  const inTime = sumRows(profile, profile.rows, passing);
  const { whole } = profile;
  const ranged = filters.from >= 0 || filters.to >= 0;
  const sums = ranged || !whole ? inTime : { ...sumRows(profile, whole, passing), byStep: inTime.byStep };
  const total = METRICS.map((_, metric) => sumOf(sums.byThread, metric));
  const step_ns = data.timeline?.step_ns ?? 1;
  const events = data.events;
  /** @param {number} event */
  const hasEvent = (event) => {
    if (!events) return false;
    const step = Math.min(Math.floor((events.time_ns[event] ?? 0) / step_ns), Math.max(0, profile.steps - 1));
    if (profile.steps > 0 && (step < from || step > to)) return false;
    if (filters.thread >= 0 && events.thread[event] !== filters.thread) return false;
    return Boolean(contexts[events.context[event] ?? 0]) && (!stacks || Boolean(stacks[events.stack[event] ?? 0]));
  };
  return { profile, filters, total, ...sums, hasEvent };
}

/**
 * @param {Profile} profile
 * @param {Rows} rows
 * @param {object} passing
 * @param {number} passing.from
 * @param {number} passing.to
 * @param {number} passing.thread
 * @param {ArrayLike<unknown> | null} passing.stacks
 * @param {boolean[]} passing.contexts
 */
function sumRows(profile, rows, { from, to, thread: only, stacks, contexts }) {
  const { data } = profile;
  const byStack = new Float64Array(profile.stacks * WIDTH);
  const byThread = new Float64Array(Math.max(1, data.threads.length) * WIDTH);
  const byContext = new Float64Array(Math.max(1, data.contexts.phase.length) * WIDTH);
  const byClass = new Float64Array(65 * WIDTH);
  const byStep = new Float64Array(Math.max(1, profile.steps) * WIDTH);
  for (let row = 0; row < rows.stack.length; row++) {
    const stack = at(rows.stack, row);
    const context = at(rows.context, row);
    const thread = at(rows.thread, row);
    const step = at(rows.step, row);
    if (step < from || step > to || (only >= 0 && thread !== only)) continue;
    if (!contexts[context] || (stacks && !stacks[stack])) continue;
    const sizeClass = at(rows.class, row);
    for (let metric = 0; metric < WIDTH; metric++) {
      const value = at(/** @type {Float64Array} */ (rows.metrics[metric]), row);
      if (value === 0) continue;
      add(byStack, stack * WIDTH + metric, value);
      add(byThread, thread * WIDTH + metric, value);
      add(byContext, context * WIDTH + metric, value);
      add(byClass, sizeClass * WIDTH + metric, value);
      add(byStep, step * WIDTH + metric, value);
    }
  }
  return { byStack, byThread, byContext, byClass, byStep };
}

/** @param {Float64Array} sums @param {number} index @param {number} value */
function add(sums, index, value) {
  sums[index] = at(sums, index) + value;
}

/** @param {Sums} sums @param {number} metric */
function sumOf(sums, metric) {
  let sum = 0;
  for (let i = metric; i < sums.length; i += WIDTH) sum += at(sums, i);
  return sum;
}

/** The sums of one key. @param {Sums} sums @param {number} key */
function sumsOf(sums, key) {
  return Array.from(sums.subarray(key * WIDTH, (key + 1) * WIDTH));
}

/**
 * Which stacks pass the text and the site; null if all do.
 *
 * @param {Profile} profile
 * @param {Filters} filters
 */
function stacksOf(profile, filters) {
  if (!filters.text && filters.site < 0) return null;
  const frames = filters.text ? framesWith(profile, filters.text) : null;
  const passes = new Uint8Array(profile.stacks).fill(frames ? 0 : 1);
  for (let node = 1; frames && node < profile.stacks; node++) {
    passes[node] = frames[at(profile.frame, node)] || at(passes, at(profile.parent, node));
  }
  if (filters.site >= 0) {
    for (let node = 0; node < profile.stacks; node++) if (profile.site[node] !== filters.site) passes[node] = 0;
  }
  return passes;
}

/**
 * Which frames have a text in their function, file or line of source; the case of letters does not matter.
 *
 * @param {Profile} profile
 * @param {string} text
 */
function framesWith(profile, text) {
  const wanted = text.toLowerCase();
  const strings = profile.data.strings.map((string) => string.toLowerCase().includes(wanted));
  const { function: functions, file, source } = profile.data.frames;
  return Uint8Array.from(functions, (name, frame) =>
    strings[name] || strings[file[frame] ?? 0] || strings[source[frame] ?? 0] ? 1 : 0,
  );
}

/**
 * Which contexts pass the operation and the phase.
 *
 * @param {Profile} profile
 * @param {Filters} filters
 */
function contextsOf(profile, filters) {
  const { operation, phase } = profile.data.contexts;
  return operation.map((index, context) => {
    if (filters.operation >= 0 && index !== filters.operation + 1) return false;
    const number = phase[context] ?? 0;
    if (filters.phase === "run") return number !== 1 && number !== 4;
    return filters.phase === "" || Number(filters.phase) === number;
  });
}

/** @type {Readonly<Filters>} */
const NO_FILTERS = { from: -1, to: -1, thread: -1, operation: -1, phase: "", text: "", site: -1 };

/**
 * The filters that are in force, in words, each with what takes it away.
 *
 * @param {Profile} profile
 * @param {Filters} filters
 * @returns {{ text: string, clear: Partial<Filters> }[]}
 */
function filterWords(profile, filters) {
  const words = [];
  if (filters.from >= 0 || filters.to >= 0) {
    words.push({ text: rangeText(profile, filters), clear: { from: -1, to: -1 } });
  }
  if (filters.thread >= 0) {
    words.push({ text: `thread ${profile.threadName(filters.thread)}`, clear: { thread: -1 } });
  }
  if (filters.operation >= 0) {
    words.push({ text: `in ${profile.operationName(filters.operation)}`, clear: { operation: -1 } });
  }
  if (filters.phase) {
    const name = PHASE_TITLES[Number(filters.phase)] ?? "";
    words.push({ text: filters.phase === "run" ? "without set-up" : `${name} phase`, clear: { phase: "" } });
  }
  if (filters.site >= 0) {
    const site = profile.location(filters.site) || shortName(profile.functionName(filters.site));
    words.push({ text: `at ${site}`, clear: { site: -1 } });
  }
  if (filters.text) words.push({ text: `with “${filters.text}”`, clear: { text: "" } });
  return words;
}

/** @param {Profile} profile @param {Filters} filters */
function rangeText(profile, filters) {
  const step = profile.data.timeline?.step_ns ?? 0;
  const from = Math.max(0, filters.from) * step;
  const to = filters.to < 0 ? profile.data.duration_ns : (filters.to + 1) * step;
  return `${timeText(from)} – ${timeText(Math.min(to, profile.data.duration_ns || to))}`;
}
