// What is shown, as data, and as the part of the address behind `#`, so that a view can be linked.

/**
 * @typedef {Filters & Appearance} State
 */

/**
 * @typedef {object} Appearance
 * @property {string} tab
 * @property {number} profile - which of two profiles
 * @property {Metric} metric - what widths and lists show
 * @property {"icicle" | "flame"} layout
 * @property {"down" | "up"} direction - from callers down, or from the innermost frame up
 * @property {"source" | "function"} labels
 * @property {boolean} fold - runtime frames are left out
 * @property {string} find - searched in the flame graph
 * @property {string} zoom - path of frames into the flame graph
 * @property {boolean} outline - the flame graph as text
 * @property {string} group - of the table of allocations
 * @property {string} sort - column of the table, with `-` before it if descending
 * @property {string} leakSort
 * @property {string} partSort - of threads and phases
 * @property {"function" | "stack"} diffBy
 * @property {string} diffSort
 * @property {string} diffZoom
 */

/** @type {Readonly<State>} */
const FIRST_STATE = {
  ...NO_FILTERS,
  tab: "summary",
  profile: 0,
  metric: "bytes",
  layout: "icicle",
  direction: "down",
  labels: "source",
  fold: true,
  find: "",
  zoom: "",
  outline: false,
  group: "site",
  sort: "-bytes",
  leakSort: "-leaked_bytes",
  partSort: "-bytes",
  diffBy: "function",
  diffSort: "-change",
  diffZoom: "",
};

/** @type {Partial<Record<keyof State, readonly string[]>>} */
const WORDS = {
  metric: METRICS,
  layout: ["icicle", "flame"],
  direction: ["down", "up"],
  labels: ["source", "function"],
  phase: ["", "run", "0", "1", "2", "3", "4"],
  diffBy: ["function", "stack"],
  group: ["site", "function", "stack", "class", "event"],
};

/**
 * @param {string} hash
 * @param {State} first
 * @returns {State}
 */
function readState(hash, first) {
  /** @type {Record<string, unknown>} */
  const state = { ...first };
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const known = first[/** @type {keyof State} */ (key)];
    const words = WORDS[/** @type {keyof State} */ (key)];
    if (typeof known === "number" && /^-?\d{1,9}$/.test(value)) state[key] = Number(value);
    else if (typeof known === "boolean") state[key] = value === "1";
    else if (typeof known === "string" && (!words || words.includes(value))) state[key] = value;
  }
  return /** @type {State} */ (/** @type {unknown} */ (state));
}

/**
 * Only what differs from the first state.
 *
 * @param {State} state
 * @param {State} first
 */
function writeState(state, first) {
  const parameters = new URLSearchParams();
  for (const key of /** @type {(keyof State)[]} */ (Object.keys(first))) {
    const value = state[key];
    if (value !== first[key]) parameters.set(key, typeof value === "boolean" ? (value ? "1" : "0") : String(value));
  }
  const text = parameters.toString();
  return text ? `#${text}` : "#";
}

/**
 * Takes back what this profile does not have, such as a thread of another one.
 *
 * @param {State} state
 * @param {PageData} report
 * @returns {State}
 */
function fitState(state, report) {
  const profile = state.profile === 0 ? 0 : report.profiles.length - 1;
  const data = /** @type {ProfileData} */ (report.profiles[profile]);
  const steps = data.timeline?.live_bytes.length ?? 0;
  /** @param {number} value @param {number} limit */
  const within = (value, limit) => (value >= 0 && value < limit ? value : -1);
  return {
    ...state,
    profile,
    from: within(state.from, steps),
    to: within(state.to, steps),
    thread: within(state.thread, data.threads.length),
    operation: within(state.operation, data.operations.name.length),
    site: within(state.site, data.frames.line.length),
    group: state.group === "event" && !data.events ? "site" : state.group,
  };
}
