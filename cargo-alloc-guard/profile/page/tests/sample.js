// Profiles made up for the tests: the same at every run.

const STEPS = 512;
const EVENTS = 50_000;
const METRICS = [
  "allocations",
  "bytes",
  "peak",
  "peak_bytes",
  "leaked",
  "leaked_bytes",
  "temporary",
  "temporary_bytes",
];
const [WORKSPACE, DEPENDENCY, STD, GUARD, SYSTEM] = [0, 1, 2, 3, 4];

/** A name that would run if it ever became markup. */
export const MARKUP = "<img src=x onerror=window.hacked=1></script><script>window.hacked=1</script>";

/** Random numbers from a seed (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PATHS = [
  // Where, how often, sizes, chance to stay until the end, chance to be temporary.
  [
    ["wsc::main", "wsc::commands::sign::run", "wsc::module::Module::parse", "wsc::module::section::Custom::read"],
    30,
    [32, 96, 480],
    0.01,
    0.1,
  ],
  [
    ["wsc::main", "wsc::commands::sign::run", "wsc::module::Module::parse", "wsc::leb128::read_u32"],
    22,
    [8, 16],
    0,
    0.9,
  ],
  [
    ["wsc::main", "wsc::commands::sign::run", "wsc::hash::digest_sections", "sha2::Sha256::update"],
    12,
    [64, 128],
    0,
    0.5,
  ],
  [["wsc::main", "wsc::commands::sign::run", "wsc::module::Module::write"], 9, [4096, 65536], 0, 0.02],
  [
    ["wsc::main", "wsc::commands::verify::run", "wsc::key::PublicKey::from_pem", "base64ct::decoder::Decoder::decode"],
    6,
    [44, 120],
    0.02,
    0.4,
  ],
  [
    [
      "wsc::main",
      "wsc::commands::verify::run",
      "wsc::rekor::Entry::parse",
      "serde_json::de::from_slice",
      "serde_json::value::Value::deserialize::{closure#0}",
    ],
    14,
    [24, 56, 240],
    0.05,
    0.2,
  ],
  [
    ["wsc::main", "wsc::cache::Cache::insert::<alloc::vec::Vec<u8>>", "hashbrown::raw::RawTable<T, A>::reserve_rehash"],
    3,
    [2048, 8192],
    0.6,
    0,
  ],
  [["wsc::main", "wsc::report::Line::fmt", "alloc::fmt::format::format_inner"], 16, [20, 40, 90], 0, 0.95],
  [["wsc::main", MARKUP, "wsc::odd::name"], 1, [77], 0.1, 0.1],
];

const SOURCES = {
  "wsc::module::Module::parse": "let sections = reader.sections().collect::<Result<Vec<_>, _>>()?;",
  "wsc::module::section::Custom::read": "name: name.to_owned(),",
  "wsc::leb128::read_u32": "let bytes = input.iter().take(5).copied().collect::<Vec<u8>>();",
  "wsc::hash::digest_sections": "hasher.update(section.encode());",
  "wsc::report::Line::fmt": 'let padded = format!("{:<width$}", self.name);',
  "wsc::cache::Cache::insert::<alloc::vec::Vec<u8>>": "self.entries.insert(key.clone(), value);",
  "wsc::commands::sign::run": "let module = Module::parse(&bytes)?;",
  "wsc::rekor::Entry::parse": "let body: Value = serde_json::from_slice(&decoded)?; // <b>not bold</b>",
};

/**
 * @param {object} options
 * @param {number} [options.count] how many allocations
 * @param {number} [options.growth] how much more the parser allocates
 * @param {number} [options.spread] more stacks, by calls at different lines
 */
export function sample({
  count = 4000,
  seed = 1,
  growth = 1,
  spread = 3,
  title = "wsc sign",
  without = -1,
  source = "alloc-guard",
  warnings = [],
} = {}) {
  const random = randomFrom(seed);
  const texts = new Map([["", 0]]);
  const text = (string) => {
    if (!texts.has(string)) texts.set(string, texts.size);
    return texts.get(string);
  };
  const frames = { function: [], same: [], file: [], line: [], class: [], inlined: [], source: [] };
  const frameIds = new Map();
  const frame = (name, line) => {
    const key = `${name}:${line}`;
    if (!frameIds.has(key)) {
      frameIds.set(key, frames.line.length);
      const crate = name.split("::")[0].replace(/[^a-z_0-9]/g, "");
      const kind =
        { wsc: WORKSPACE, std: STD, alloc: STD, core: STD, test: STD, alloc_guard: GUARD, libc: SYSTEM }[crate] ??
        (name === MARKUP ? WORKSPACE : DEPENDENCY);
      const module =
        name
          .split("::")
          .slice(1, -1)
          .filter((part) => /^[a-z_0-9]+$/.test(part))
          .join("/") || "lib";
      frames.function.push(text(name));
      frames.same.push(text(name));
      frames.file.push(text(kind === WORKSPACE ? `src/${module}.rs` : `${crate}/src/${module}.rs`));
      frames.line.push(line);
      frames.class.push(kind);
      frames.inlined.push(name.endsWith("fmt") ? 1 : 0);
      frames.source.push(text(SOURCES[name] ?? ""));
    }
    return frameIds.get(key);
  };
  const stacks = { parent: [0], frame: [0], site: [null] };
  const stackIds = new Map();
  const call = (parent, of) => {
    const key = `${parent} ${of}`;
    if (!stackIds.has(key)) {
      stackIds.set(key, stacks.parent.length);
      stacks.parent.push(parent);
      stacks.frame.push(of);
      const [site, kind] = [stacks.site[parent], frames.class[of]];
      const isSite = site === null || kind === WORKSPACE || (kind === DEPENDENCY && frames.class[site] !== WORKSPACE);
      stacks.site.push(isSite ? of : site);
    }
    return stackIds.get(key);
  };
  const weights = PATHS.map(([, weight], i) => (i === without ? 0 : weight * (i < 2 ? growth : 1)));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const choose = () => {
    let left = random() * whole;
    return weights.findIndex((weight) => (left -= weight) < 0);
  };
  const timed = source !== "DHAT";
  const threads = timed ? ["main", "worker-1", "worker-2", "<b>markup</b>"] : [];
  const operations = timed
    ? {
        name: ["parse::a_module_is_parsed", "hash::digest_is_alloc_free", "report::lines_fit"],
        title: ["parses a module", "", ""],
        expectation: ["at most 2,000 allocations", "no allocations", "at most 10 KiB"],
        verdict: ["passed", "failed", ""],
        measured: ["1,204 allocations", "3 allocations, 192 B", ""],
      }
    : { name: [], title: [], expectation: [], verdict: [], measured: [] };
  const contexts = timed
    ? { operation: [0, 1, 1, 1, 2, 2, 3], phase: [0, 1, 2, 3, 1, 2, 2] }
    : { operation: [0], phase: [0] };
  const duration = 3_400_000_000;

  const list = [];
  for (let i = 0; i < count; i++) {
    const chosen = choose();
    const [names, , sizes, stays, temporary] = PATHS[chosen];
    const progress = i / count;
    let stack = 0;
    for (const name of ["libc::start_main", "std::rt::lang_start", "test::run_test", ...names]) {
      const line =
        10 +
        (name.length % 90) +
        (name === names.at(-1) || name === names.at(-2) ? Math.floor(random() ** 2 * spread) : 0);
      stack = call(stack, frame(name, line));
    }
    for (const name of [
      "alloc::raw_vec::RawVec<T, A>::grow_amortized",
      "alloc::alloc::Global::alloc_impl",
      "alloc_guard::alloc::Guard::alloc",
    ])
      stack = call(stack, frame(name, 40));
    const time = Math.floor(progress * duration);
    const isTemporary = random() < temporary;
    const lives = isTemporary
      ? 2_000
      : random() < stays
        ? Infinity
        : Math.floor(random() ** 3 * 1.5e9 * (0.4 + Math.sin(progress * 3.1)));
    const size = sizes[Math.floor(random() * sizes.length)];
    const end = time + lives < duration ? time + lives : -1;
    list.push({
      time,
      end,
      size,
      stack,
      thread: timed ? (random() < 0.7 ? 0 : Math.floor(random() * threads.length)) : 0,
      context: timed ? Math.floor(random() * contexts.phase.length * 0.999) : 0,
      kind: Math.floor(random() * 4),
      temporary: isTemporary,
    });
  }

  const step_ns = Math.ceil(duration / STEPS);
  const moments = list
    .flatMap((one, i) => [[one.time, 1, i], ...(one.end >= 0 ? [[one.end, -1, i]] : [])])
    .sort((a, b) => a[0] - b[0]);
  const timeline = { step_ns, live_bytes: [], live_allocations: [], high_bytes: [] };
  let [live, blocks, high, peak, peakBlocks, peakAt] = [0, 0, 0, 0, 0, 0];
  const close = (step) => {
    while (timeline.live_bytes.length < step) {
      timeline.live_bytes.push(live);
      timeline.live_allocations.push(blocks);
      timeline.high_bytes.push(high);
      high = live;
    }
  };
  for (const [time, sign, i] of moments) {
    close(Math.floor(time / step_ns));
    live += sign * list[i].size;
    blocks += sign;
    high = Math.max(high, live);
    if (live > peak) [peak, peakBlocks, peakAt] = [live, blocks, time];
  }
  close(STEPS);

  const keys = new Map();
  const rows = {
    stack: [],
    thread: [],
    context: [],
    step: [],
    class: [],
    ...Object.fromEntries(METRICS.map((metric) => [metric, []])),
  };
  for (const one of list) {
    const step = timed ? Math.floor(one.time / step_ns) : 0;
    const sizeClass = one.size === 0 ? 0 : 32 - Math.clz32(one.size);
    const key = `${one.stack} ${one.thread} ${one.context} ${step} ${sizeClass}`;
    let row = keys.get(key);
    if (row === undefined) {
      row = keys.size;
      keys.set(key, row);
      for (const [name, value] of Object.entries({
        stack: one.stack,
        thread: one.thread,
        context: one.context,
        step,
        class: sizeClass,
      }))
        rows[name].push(value);
      for (const metric of METRICS) rows[metric].push(0);
    }
    const count = (name, yes) => {
      if (!yes) return;
      rows[name][row] += 1;
      rows[name === "allocations" ? "bytes" : `${name}_bytes`][row] += one.size;
    };
    count("allocations", true);
    count("peak", one.time <= peakAt && (one.end < 0 || one.end > peakAt));
    count("leaked", one.end < 0);
    count("temporary", timed && one.temporary && one.end >= 0);
  }
  const sum = (metric) => rows[metric].reduce((total, value) => total + value, 0);
  return {
    title,
    source,
    started_ms: timed ? Date.UTC(2026, 10, 23, 10, 20, 30) : 0,
    duration_ns: timed ? duration : 0,
    program: "target/release/wsc",
    target: "x86_64-unknown-linux-gnu",
    build: "release",
    warnings,
    strings: [...texts.keys()],
    frames,
    stacks,
    threads,
    operations,
    contexts,
    totals: {
      allocations: count,
      bytes: sum("bytes"),
      deallocations: count - sum("leaked"),
      peak_bytes: peak,
      peak_allocations: peakBlocks,
      peak_ns: timed ? peakAt : 0,
      leaked: sum("leaked"),
      leaked_bytes: sum("leaked_bytes"),
      temporary: timed ? sum("temporary") : null,
      temporary_bytes: timed ? sum("temporary_bytes") : null,
    },
    timeline: timed ? timeline : null,
    rows,
    whole: null,
    events:
      timed && count <= EVENTS
        ? {
            time_ns: list.map((one) => one.time),
            end_ns: list.map((one) => (one.end < 0 ? null : one.end)),
            size: list.map((one) => one.size),
            stack: list.map((one) => one.stack),
            thread: list.map((one) => one.thread),
            context: list.map((one) => one.context),
            kind: list.map((one) => one.kind),
          }
        : null,
  };
}

/** @param {...object} profiles */
export function report(...profiles) {
  return { version: 1, generator: "alloc-guard 0.0.0 (test)", profiles };
}
