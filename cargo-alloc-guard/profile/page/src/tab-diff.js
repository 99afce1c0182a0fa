// The tab that compares two profiles: a table by change, and a differential flame graph.

class DiffTab {
  /** @param {HTMLElement} panel @param {Profile[]} profiles */
  constructor(panel, profiles) {
    const [base, changed] = /** @type {[Profile, Profile]} */ (profiles);
    this.base = base;
    this.changed = changed;
    this.metric = choice("Of", [], (metric) => app.set({ metric: /** @type {Metric} */ (metric), diffZoom: "" }));
    this.by = choice(
      "By",
      [
        ["function", "function"],
        ["stack", "stack"],
      ],
      (word) => app.set({ diffBy: word === "stack" ? "stack" : "function" }),
    );
    this.fold = toggle("fold runtime frames", (on) => app.set({ fold: on, diffZoom: "" }));
    this.text = toggle("outline", (on) => app.set({ outline: on }));
    this.words = el("p", { class: "verdict" });
    this.table = new Table("Changes", (sort) => app.set({ diffSort: sort }));
    this.crumb = el("button", { type: "button", class: "link", click: () => app.set({ diffZoom: "" }) }, "show all");
    /** @type {(Tree & { ofBase: number }) | null} */
    this.tree = null;
    this.graph = new FlameGraph("Differential flame graph", {
      label: (node) => this.label(node),
      colour: (node) => this.colour(node),
      tooltip: (node) => this.tooltip(node),
      spoken: (node) => `${this.name(node)}, ${this.amount(node)}`,
      zoom: (node) => app.set({ diffZoom: this.tree ? pathOf(this.tree, node) : "" }),
    });
    this.outline = new Outline("Differential flame graph as text", {
      label: (node) => shortName(this.name(node)),
      amount: (node) => this.amount(node),
    });
    panel.append(
      el(
        "div",
        { class: "bar-of-tools" },
        this.metric.element,
        this.by.element,
        this.fold.element,
        this.text.element,
        copyButton(() => this.table.markdown(`**${METRIC_TITLES[this.shown]}** – ${this.words.textContent}`)),
      ),
      this.words,
      this.table.element,
      el("p", { class: "legend" }, ...diffLegend(), this.crumb),
      this.graph.element,
      this.outline.element,
    );
    /** @type {Metric} */
    this.shown = "bytes";
  }

  /** @param {View} _view @param {State} state */
  show(_view, state) {
    const { base, changed } = this;
    const metrics = METRICS.filter(
      (metric) => !metric.startsWith("temporary") || (base.knowsTemporary && changed.knowsTemporary),
    );
    fillChoice(
      this.metric.select,
      metrics.map((metric) => [metric, METRIC_TITLES[metric]]),
    );
    this.shown = state.metric;
    this.metric.select.value = state.metric;
    this.by.select.value = state.diffBy;
    this.fold.box.checked = state.fold;
    this.text.box.checked = state.outline;
    const [one, two] = this.views(state);
    const index = metricIndex(state.metric);
    const [before, after] = [one.total[index] ?? 0, two.total[index] ?? 0];
    this.words.replaceChildren(
      `${base.data.title} `,
      el("b", {}, metricText(state.metric, before)),
      " → ",
      `${changed.data.title} `,
      el("b", {}, metricText(state.metric, after)),
      " ",
      el(
        "span",
        { class: changeClass(before, after) },
        `${changeMark(before, after)} ${changeText(after - before, (value) => metricText(state.metric, value))}`,
      ),
      before > 0 && after !== before
        ? el(
            "span",
            { class: "nowrap" },
            ` (${after > before ? "+" : "−"}${shareText(Math.abs(after - before), before)})`,
          )
        : "",
      state.from >= 0 || state.to >= 0 ? " The range of time is not applied here: the two took different times." : "",
    );
    const made = [one, two, state.metric, state.fold, state.diffBy, state.diffSort];
    if (!this.tree || made.some((part, index) => part !== this.made[index])) {
      const lines = changeLines(one, two, state.metric, state.diffBy, state.fold);
      this.table.show(
        changeColumns(state.metric),
        sortChanges(lines, state.diffSort),
        state.diffSort,
        "No differences.",
      );
      this.tree = growDiff(one, two, { metric: state.metric, inverted: false, fold: state.fold, labels: "function" });
    }
    this.made = made;
    const zoom = nodeAt(this.tree, state.diffZoom);
    this.crumb.hidden = zoom === 0;
    const nothing = at(this.tree.value, 0) === 0;
    this.graph.element.hidden = nothing || state.outline;
    this.outline.element.hidden = nothing || !state.outline;
    if (!this.graph.element.hidden) this.graph.show(this.tree, { zoom, upwards: false, found: null });
    if (!this.outline.element.hidden) this.outline.show(this.tree, zoom);
  }

  /** Both profiles filtered, made anew only if the filters are others. @param {State} state @returns {[View, View]} */
  views(state) {
    const filters = [this.base, this.changed].map((profile) => filtersFor(profile, app.profile, state));
    const key = JSON.stringify(filters, (_, value) => (value === Infinity ? "none" : value));
    if (key !== this.filtered || !this.both) {
      this.filtered = key;
      this.both = /** @type {[View, View]} */ (
        [this.base, this.changed].map((profile, side) => makeView(profile, filters[side] ?? NO_FILTERS))
      );
    }
    return this.both;
  }

  filtered = "";
  /** @type {[View, View] | null} */
  both = null;
  /** @type {unknown[]} */
  made = [];

  /** @param {number} node */
  sides(node) {
    const [one, two] = this.tree?.sides ?? [];
    return { before: at(one ?? [], node), after: at(two ?? [], node) };
  }

  /** @param {number} node */
  name(node) {
    if (node === 0 || !this.tree) return "all";
    return (node < this.tree.ofBase ? this.base : this.changed).functionName(at(this.tree.frame, node));
  }

  /** @param {number} node */
  label(node) {
    const { before, after } = this.sides(node);
    return `${changeMark(before, after)} ${shortName(this.name(node))}  ${changeText(after - before, (value) => metricText(this.shown, value))}`;
  }

  /** @param {number} node */
  amount(node) {
    const { before, after } = this.sides(node);
    return `${changeWord(before, after)}: ${metricText(this.shown, before)} → ${metricText(this.shown, after)}`;
  }

  /** @param {number} node */
  colour(node) {
    const { before, after } = this.sides(node);
    if (before === after) return "same";
    const share = Math.abs(after - before) / Math.max(before, after);
    return `${after > before ? "grown" : "shrunk"}-${share > 0.5 ? 3 : share > 0.1 ? 2 : 1}`;
  }

  /** @param {number} node @returns {Child[]} */
  tooltip(node) {
    const { before, after } = this.sides(node);
    return [
      el("code", { class: "name" }, this.name(node)),
      el(
        "span",
        {},
        `${METRIC_TITLES[this.shown]}: `,
        el("b", {}, `${metricText(this.shown, before)} → ${metricText(this.shown, after)}`),
      ),
      el(
        "span",
        { class: changeClass(before, after) },
        `${changeMark(before, after)} ${changeWord(before, after)} ${changeText(after - before, (value) => metricText(this.shown, value))}`,
      ),
    ];
  }
}

/** Filters of one profile for the other: threads and operations by name. @param {Profile} profile @param {Profile} from @param {State} state @returns {Filters} */
function filtersFor(profile, from, state) {
  const thread = state.thread < 0 ? -1 : profile.data.threads.indexOf(from.data.threads[state.thread] ?? "");
  const operation =
    state.operation < 0 ? -1 : profile.data.operations.name.indexOf(from.data.operations.name[state.operation] ?? "");
  const text = state.text || (state.site >= 0 ? from.functionName(state.site) : "");
  // A thread or an operation that the other does not have is not all of them: nothing passes.
  return {
    ...NO_FILTERS,
    thread: state.thread >= 0 && thread < 0 ? Infinity : thread,
    operation: state.operation >= 0 && operation < 0 ? Infinity : operation,
    phase: state.phase,
    text,
  };
}

/**
 * One line for each function or stack with a difference. A function has what was allocated at it as a site.
 *
 * @param {View} one
 * @param {View} two
 * @param {Metric} metric
 * @param {"function" | "stack"} by
 * @param {boolean} fold
 * @returns {Line[]}
 */
function changeLines(one, two, metric, by, fold) {
  /** @type {Map<string, { sides: [number, number], profile: Profile, stack: number }>} */
  const found = new Map();
  [one, two].forEach((view, side) => {
    const { profile } = view;
    for (const stack of allStacks(view)) {
      const value = at(view.byStack, stack * WIDTH + metricIndex(metric));
      if (value === 0) continue;
      const site = at(profile.site, stack);
      const name = by === "function" ? profile.sameName(site) : namesOf(profile, stack, fold).join("\n");
      const entry = found.get(name) ?? { sides: [0, 0], profile, stack };
      entry.sides[side === 0 ? 0 : 1] += value;
      found.set(name, entry);
    }
  });
  return [...found]
    .filter(([, { sides }]) => sides[0] !== sides[1])
    .map(
      ([
        name,
        {
          sides: [before, after],
          profile,
          stack,
        },
      ]) => {
        const site = at(profile.site, stack);
        return {
          id: name,
          depth: 0,
          values: [before, after, after - before],
          title: name,
          label: () => [
            el(
              "span",
              {
                class: `change-mark ${changeClass(before, after)}`,
                role: "img",
                "aria-label": changeWord(before, after),
              },
              changeMark(before, after),
            ),
            el("code", { class: "where" }, shortName(profile.functionName(site))),
            el("code", { class: "in" }, by === "stack" ? viaText(profile, stack) : profile.location(site)),
          ],
          children: by === "stack" ? () => frameLines(profile, stack, 1) : undefined,
        };
      },
    )
    .map((line) => /** @type {Line} */ (line));
}

/** @param {Profile} profile @param {number} stack @param {boolean} fold */
function namesOf(profile, stack, fold) {
  return profile
    .framesOf(stack)
    .filter((frame) => !fold || !isRuntime(profile, frame))
    .map((frame) => profile.sameName(frame));
}

/** @param {Line[]} lines @param {string} sort */
function sortChanges(lines, sort) {
  const key = sort.replace("-", "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const index = ["before", "after", "change"].indexOf(key);
  if (index < 0) return lines.sort((a, b) => sign * a.id.localeCompare(b.id, "en"));
  const size = (/** @type {Line} */ line) => (index === 2 ? Math.abs(line.values[2] ?? 0) : (line.values[index] ?? 0));
  return lines.sort((a, b) => sign * (size(a) - size(b)) || (a.id < b.id ? -1 : 1));
}

/** @param {Metric} metric @returns {Column[]} */
function changeColumns(metric) {
  const text = (/** @type {number} */ value) => metricText(metric, value);
  /** @param {(line: Line) => string} cell @returns {(line: Line) => Child} */
  const own = (cell) => (line) => (line.values.length > 0 ? cell(line) : null);
  return [
    { key: "what", title: "Where", cell: () => null },
    { key: "before", title: "Base", minor: true, cell: own((line) => text(line.values[0] ?? 0)) },
    { key: "after", title: "Changed", minor: true, cell: own((line) => text(line.values[1] ?? 0)) },
    {
      key: "change",
      title: "Change",
      cell: own((line) => changeText(line.values[2] ?? 0, text)),
      class: (line) => (line.values.length > 0 ? changeClass(line.values[0] ?? 0, line.values[1] ?? 0) : ""),
    },
    {
      key: "word",
      title: "Kind",
      minor: true,
      cell: own((line) => changeWord(line.values[0] ?? 0, line.values[1] ?? 0)),
    },
  ];
}

/** @param {number} before @param {number} after */
function changeWord(before, after) {
  if (before === after) return "same";
  if (before === 0) return "new";
  if (after === 0) return "gone";
  return after > before ? "grown" : "shrunk";
}

/** Told apart without colour. @param {number} before @param {number} after */
function changeMark(before, after) {
  return { same: "=", new: "✚", gone: "✖", grown: "▲", shrunk: "▼" }[changeWord(before, after)] ?? "";
}

/** @param {number} before @param {number} after */
function changeClass(before, after) {
  return `is-${changeWord(before, after)}`;
}

/** @returns {Child[]} */
function diffLegend() {
  /** @type {[string, number, number][]} */
  const kinds = [
    ["grown-3", 1, 2],
    ["grown-3", 0, 1],
    ["shrunk-3", 2, 1],
    ["shrunk-3", 1, 0],
    ["same", 1, 1],
  ];
  return kinds.map(([colour, before, after]) =>
    el(
      "span",
      {},
      el("span", { class: `dot ${colour}`, "aria-hidden": "true" }),
      `${changeMark(before, after)} ${changeWord(before, after)}`,
    ),
  );
}
