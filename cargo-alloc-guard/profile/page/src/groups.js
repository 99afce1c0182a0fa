// A view as lines of a table: by site, function, stack or size class, and each allocation for itself.

/** @type {Record<string, string>} */
const GROUP_TITLES = {
  site: "Site",
  function: "Function and what it calls",
  stack: "Stack",
  class: "Size class",
  event: "Each allocation",
};

/** @type {Record<string, string>} */
const GROUP_NOUNS = { site: "site", function: "function", stack: "stack", class: "size class", event: "line" };

const SHOWN_STACKS = 50;

/**
 * Columns that show sums.
 *
 * @param {View} view
 * @param {string} first - title of the first column
 * @param {Metric[]} metrics
 * @param {string} sort
 * @returns {Column[]}
 */
function sumColumns(view, first, metrics, sort) {
  const key = sort.replace("-", "");
  return [
    { key: "what", title: first, cell: () => null },
    ...metrics.map((metric) => {
      const index = metricIndex(metric);
      const whole = view.total[index] ?? 0;
      return {
        key: metric,
        title: SHORT_TITLES[metric],
        help: METRIC_HELP[metric],
        minor: metric !== key && metric !== metrics.find((other) => other !== key),
        /** @param {Line} line */
        cell: (line) => (line.values.length > index ? metricText(metric, line.values[index] ?? 0) : null),
        /** @param {Line} line */
        class: (line) => (line.values[index] ? "" : "zero"),
        /** @param {Line} line */
        share: (line) => (metric === key && whole > 0 ? (line.values[index] ?? 0) / whole : 0),
      };
    }),
  ];
}

/** @type {Record<Metric, string>} */
const SHORT_TITLES = {
  allocations: "Allocations",
  bytes: "Bytes",
  peak: "At peak",
  peak_bytes: "At peak",
  leaked: "Leaked",
  leaked_bytes: "Leaked",
  temporary: "Temporary",
  temporary_bytes: "Temporary",
};

/** @type {Record<Metric, string>} */
const METRIC_HELP = {
  allocations: "Calls that asked for memory: allocations, grows and shrinks",
  bytes: "Sum of the sizes asked for",
  peak: "Of these, how many were live at the high-water mark",
  peak_bytes: "Of these, bytes that were live at the high-water mark",
  leaked: "Of these, how many were still live at the end",
  leaked_bytes: "Of these, bytes that were still live at the end",
  temporary: "Freed before their thread’s next allocation",
  temporary_bytes: "Bytes of allocations freed before their thread’s next one",
};

/** @param {View} view @returns {Metric[]} */
function tableMetrics(view) {
  return [
    "allocations",
    "bytes",
    "peak_bytes",
    "leaked_bytes",
    ...(view.profile.knowsTemporary ? [/** @type {const} */ ("temporary")] : []),
  ];
}

/**
 * @param {Line[]} lines
 * @param {string} sort
 */
function sortLines(lines, sort) {
  const key = sort.replace("-", "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const index = METRICS.indexOf(/** @type {Metric} */ (key));
  if (index < 0) return lines.sort((a, b) => sign * (a.title ?? "").localeCompare(b.title ?? "", "en"));
  return lines.sort((a, b) => sign * ((a.values[index] ?? 0) - (b.values[index] ?? 0)) || (a.id < b.id ? -1 : 1));
}

/** @param {View} view @param {string} group @param {string} sort @returns {Line[]} */
function groupLines(view, group, sort) {
  if (group === "event") return eventLines(view, sort);
  if (group === "class") return sortLines(classLines(view), sort);
  if (group === "stack") return sortLines(stackLines(view, allStacks(view), 0), sort);
  return sortLines(group === "function" ? functionLines(view, sort) : siteLines(view, sort), sort);
}

/** Stacks with anything in this view. @param {View} view */
function allStacks(view) {
  const stacks = [];
  for (let stack = 0; stack < view.profile.stacks; stack++) if (view.byStack[stack * WIDTH]) stacks.push(stack);
  return stacks;
}

/** @param {View} view @param {string} sort */
function siteLines(view, sort) {
  const { profile } = view;
  /** @type {Map<number, number[]>} */
  const stacks = new Map();
  for (const stack of allStacks(view)) {
    const site = at(profile.site, stack);
    const known = stacks.get(site);
    if (known) known.push(stack);
    else stacks.set(site, [stack]);
  }
  return [...stacks].map(([site, own]) => placeLine(view, `site ${site}`, site, own, sumStacks(view, own), sort));
}

/** @param {View} view @param {number[]} stacks */
function sumStacks(view, stacks) {
  const sums = new Array(WIDTH).fill(0);
  for (const stack of stacks) for (let i = 0; i < WIDTH; i++) sums[i] += at(view.byStack, stack * WIDTH + i);
  return sums;
}

/**
 * Each function with all that was allocated below it, counted once where it recurses.
 *
 * @param {View} view
 * @param {string} sort
 */
function functionLines(view, sort) {
  const { profile } = view;
  const functions = profile.data.frames.function;
  /** @type {Map<number, { frame: number, stacks: number[] }>} */
  const groups = new Map();
  for (const stack of allStacks(view)) {
    /** @type {Set<number>} */
    const seen = new Set();
    for (let node = stack; node > 0; node = at(profile.parent, node)) {
      const frame = at(profile.frame, node);
      const name = at(functions, frame);
      if (isRuntime(profile, frame) || seen.has(name)) continue;
      seen.add(name);
      const group = groups.get(name) ?? { frame, stacks: [] };
      groups.set(name, group);
      group.stacks.push(stack);
    }
  }
  return [...groups].map(([name, { frame, stacks }]) => {
    const line = placeLine(view, `function ${name}`, frame, stacks, sumStacks(view, stacks), sort);
    line.label = () => [
      el("span", { class: `dot class-${profile.class(frame)}` }),
      el("code", {}, profile.functionName(frame)),
    ];
    line.title = profile.functionName(frame);
    line.actions = [
      {
        name: "filter",
        title: "Show only stacks with this name",
        run: () => app.set({ text: profile.functionName(frame) }),
      },
    ];
    return line;
  });
}

/**
 * @param {View} view
 * @param {string} id
 * @param {number} place
 * @param {number[]} stacks
 * @param {number[]} values
 * @param {string} sort
 * @returns {Line}
 */
function placeLine(view, id, place, stacks, values, sort) {
  const { profile } = view;
  return {
    id,
    depth: 0,
    values,
    label: () => placeWords(profile, place),
    title: [profile.functionName(place), profile.location(place), profile.source(place)].filter(Boolean).join("\n"),
    children: () => {
      const lines = sortLines(stackLines(view, stacks, 1), sort);
      const more = lines.length - SHOWN_STACKS;
      return more > 0
        ? [...lines.slice(0, SHOWN_STACKS), note(`${id} more`, 1, `and ${thingsText(more, "smaller stack")}`)]
        : lines;
    },
    actions: [
      { name: "filter", title: "Show only this site, in every tab", run: () => app.set({ site: place }) },
      {
        name: "flame",
        title: "Show only this site, as a flame graph",
        run: () => app.set({ site: place, tab: "flame", zoom: "" }),
      },
    ],
  };
}

/** A site in words: where, in which function. @param {Profile} profile @param {number} place @returns {Child[]} */
function placeWords(profile, place) {
  if (place < 0) return ["(unknown)"];
  const location = profile.location(place);
  const name = shortName(profile.functionName(place));
  return [
    el("span", { class: `dot class-${profile.class(place)}` }),
    location ? el("code", { class: "where" }, location) : null,
    el("code", { class: location ? "in" : "where" }, name),
  ];
}

/** @param {View} view @param {number[]} stacks @param {number} depth @returns {Line[]} */
function stackLines(view, stacks, depth) {
  const { profile } = view;
  return stacks.map((stack) => ({
    id: `${depth} stack ${stack}`,
    depth,
    values: sumsOf(view.byStack, stack),
    label: () => [
      ...placeWords(profile, at(profile.site, stack)),
      el("span", { class: "via" }, viaText(profile, stack)),
    ],
    title:
      depth === 0
        ? `${profile.functionName(at(profile.site, stack))} ${profile.location(at(profile.site, stack))}`
        : "The whole stack",
    children: () => frameLines(profile, stack, depth + 1),
  }));
}

/** The caller of the site, which tells stacks of one site apart. @param {Profile} profile @param {number} stack */
function viaText(profile, stack) {
  const site = at(profile.site, stack);
  const frames = profile.framesOf(stack).filter((frame) => !isRuntime(profile, frame));
  const caller = frames.find((frame, i) => i > 0 && at(profile.place, frame) !== site);
  return caller === undefined ? "" : `from ${shortName(profile.functionName(caller))}`;
}

/** @param {Profile} profile @param {number} stack @param {number} depth @returns {Line[]} */
function frameLines(profile, stack, depth) {
  return profile.framesOf(stack).map((frame, i) => ({
    id: `frame ${stack} ${i}`,
    depth,
    values: [],
    label: () => [
      el("span", { class: `dot class-${profile.class(frame)}` }),
      el("code", { class: isRuntime(profile, frame) ? "runtime" : "" }, shortName(profile.functionName(frame))),
      el("code", { class: "in" }, profile.location(frame)),
      profile.data.frames.inlined[frame] ? el("span", { class: "tag" }, "inlined") : null,
      profile.source(frame) ? el("code", { class: "source" }, profile.source(frame)) : null,
    ],
    title: [profile.functionName(frame), profile.location(frame), CLASS_TITLES[profile.class(frame)]]
      .filter(Boolean)
      .join("\n"),
  }));
}

/** @param {View} view @returns {Line[]} */
function classLines(view) {
  const lines = [];
  for (let size = 0; size < 65; size++) {
    const values = sumsOf(view.byClass, size);
    if (!values[0]) continue;
    // Sorted by this text if sorted by name, so with the number in front.
    lines.push({ id: `class ${String(size).padStart(2, "0")}`, depth: 0, values, label: () => [classText(size)] });
  }
  return lines;
}

/** @param {string} id @param {number} depth @param {string} text @returns {Line} */
function note(id, depth, text) {
  return { id, depth, values: [], label: () => [el("em", {}, text)] };
}

/** @param {View} view @param {string} sort @returns {Line[]} */
function eventLines(view, sort) {
  const { profile } = view;
  const events = profile.data.events;
  if (!events) return [];
  const lines = [];
  for (let event = 0; event < events.size.length; event++) {
    if (!view.hasEvent(event)) continue;
    const stack = events.stack[event] ?? 0;
    const time = events.time_ns[event] ?? 0;
    const end = events.end_ns[event] ?? -1;
    const site = at(profile.site, stack);
    lines.push({
      id: `event ${event}`,
      depth: 0,
      values: [time, events.size[event] ?? 0, end < 0 ? Infinity : end - time, events.thread[event] ?? 0],
      label: () => [el("span", { class: "tag" }, KINDS[events.kind[event] ?? 0]), ...placeWords(profile, site)],
      children: () => frameLines(profile, stack, 1),
    });
  }
  const column = ["time", "size", "lifetime", "thread"].indexOf(sort.replace("-", ""));
  const sign = sort.startsWith("-") ? -1 : 1;
  const value = (/** @type {Line} */ line) => line.values[Math.max(0, column)] ?? 0;
  return column < 0 ? lines : lines.sort((a, b) => (value(a) === value(b) ? 0 : sign * (value(a) - value(b))));
}

const KINDS = ["new", "zeroed", "grown", "shrunk"];

/** @param {Profile} profile @returns {Column[]} */
function eventColumns(profile) {
  /** @param {(line: Line) => string} cell @returns {(line: Line) => Child} */
  const own = (cell) => (line) => (line.values.length > 0 ? cell(line) : null);
  return [
    { key: "what", title: "Site", cell: () => null },
    { key: "time", title: "At", cell: own((line) => timeText(line.values[0] ?? 0)) },
    { key: "size", title: "Size", cell: own((line) => bytesText(line.values[1] ?? 0)) },
    {
      key: "lifetime",
      title: "Lived",
      cell: own((line) => (line.values[2] === Infinity ? "to the end" : timeText(line.values[2] ?? 0))),
    },
    { key: "thread", title: "Thread", minor: true, cell: own((line) => profile.threadName(line.values[3] ?? 0)) },
  ];
}
