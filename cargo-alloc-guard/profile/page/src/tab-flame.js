// The tab of the flame graph: its switches, its path, its search, and the same as text.

class FlameTab {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    /** @type {View | null} */
    this.view = null;
    /** @type {Tree | null} */
    this.tree = null;
    this.made = "";
    this.graph = new FlameGraph("Flame graph", {
      label: (node) => this.label(node),
      colour: (node) => `class-${this.classOf(node)}`,
      tooltip: (node) => this.tooltip(node),
      spoken: (node) => `${this.name(node)}, ${this.amount(node)}`,
      zoom: (node) => this.zoom(node),
    });
    this.outline = new Outline("Flame graph as text", {
      label: (node) => this.label(node),
      amount: (node) => this.amount(node),
    });
    this.metric = choice("Width", [], (metric) => app.set({ metric: /** @type {Metric} */ (metric), zoom: "" }));
    this.direction = choice(
      "From",
      [
        ["down", "callers down"],
        ["up", "innermost up"],
      ],
      (word) => app.set({ direction: word === "up" ? "up" : "down", zoom: "" }),
    );
    this.labels = choice(
      "Text",
      [
        ["source", "source line"],
        ["function", "function"],
      ],
      (word) => app.set({ labels: word === "function" ? "function" : "source", zoom: "" }),
    );
    this.flame = toggle("flame", (on) => app.set({ layout: on ? "flame" : "icicle" }));
    this.fold = toggle("fold runtime frames", (on) => app.set({ fold: on, zoom: "" }));
    this.text = toggle("outline", (on) => app.set({ outline: on }));
    this.find = searchField("Highlight", (find) => app.set({ find }));
    this.share = el("span", { class: "matched", role: "status" });
    this.crumbs = el("nav", { class: "crumbs", "aria-label": "Zoomed into" });
    this.empty = el("p", { class: "none" });
    panel.append(
      el(
        "div",
        { class: "bar-of-tools" },
        this.metric.element,
        this.direction.element,
        this.labels.element,
        this.flame.element,
        this.fold.element,
        this.text.element,
        this.find,
        this.share,
      ),
      this.crumbs,
      this.empty,
      this.graph.element,
      this.outline.element,
      legend(),
    );
  }

  /** @param {View} view @param {State} state */
  show(view, state) {
    fillChoice(
      this.metric.select,
      flameMetrics(view.profile).map((metric) => [metric, METRIC_TITLES[metric]]),
    );
    this.metric.select.value = state.metric;
    this.direction.select.value = state.direction;
    this.labels.select.value = state.labels;
    this.flame.box.checked = state.layout === "flame";
    this.fold.box.checked = state.fold;
    this.text.box.checked = state.outline;
    fillField(this.find, state.find);
    const options = {
      metric: state.metric,
      inverted: state.direction === "up",
      fold: state.fold,
      labels: state.labels,
    };
    const made = JSON.stringify(options);
    if (view !== this.view || made !== this.made || !this.tree) this.tree = growTree(view, options);
    Object.assign(this, { view, made, options });
    const { tree } = this;
    const zoom = nodeAt(tree, state.zoom);
    const nothing = at(tree.value, 0) === 0;
    this.empty.textContent = nothing ? `No ${METRIC_TITLES[state.metric].toLowerCase()} in what is shown.` : "";
    this.empty.hidden = !nothing;
    this.graph.element.hidden = nothing || state.outline;
    this.outline.element.hidden = nothing || !state.outline;
    this.path(tree, zoom);
    const found = state.find ? this.search(tree, state.find) : null;
    if (!found) this.share.textContent = "";
    if (!this.graph.element.hidden) this.graph.show(tree, { zoom, upwards: state.layout === "flame", found });
    if (!this.outline.element.hidden) this.outline.show(tree, zoom);
  }

  /** @param {number} node */
  zoom(node) {
    app.set({ zoom: this.tree ? pathOf(this.tree, node) : "" });
  }

  /** The nodes with a text, and what share of the whole is at or below them. @param {Tree} tree @param {string} find */
  search(tree, find) {
    const profile = /** @type {View} */ (this.view).profile;
    const frames = framesWith(profile, find);
    const found = Uint8Array.from(tree.frame, (frame) => (frame >= 0 ? at(frames, frame) : 0));
    const inside = new Uint8Array(found.length);
    let matched = 0;
    for (let node = 1; node < found.length; node++) {
      const above = at(inside, at(tree.parent, node));
      if (found[node] && !above) matched += at(tree.value, node);
      inside[node] = above || at(found, node);
    }
    this.share.textContent = matched > 0 ? `${shareText(matched, at(tree.value, 0))} matched` : "no match";
    return found;
  }

  /** @param {Tree} tree @param {number} zoom */
  path(tree, zoom) {
    const nodes = [];
    for (let node = zoom; node > 0; node = at(tree.parent, node)) nodes.unshift(node);
    const crumb = (/** @type {number} */ node) =>
      el(
        "button",
        { type: "button", class: "link", "aria-current": node === zoom ? "true" : null, click: () => this.zoom(node) },
        node === 0 ? "all" : shortName(this.name(node)),
      );
    const shown = nodes.length > 5 ? nodes.slice(-5) : nodes;
    this.crumbs.replaceChildren(
      ...[0, ...shown].flatMap((node, i) =>
        i === 0 ? [crumb(node)] : [i === 1 && shown.length < nodes.length ? " › … › " : " › ", crumb(node)],
      ),
    );
    this.crumbs.hidden = zoom === 0;
  }

  /** @param {number} node */
  frame(node) {
    return this.tree ? at(this.tree.frame, node) : -1;
  }

  /** @param {number} node */
  name(node) {
    return node === 0 ? "all" : /** @type {View} */ (this.view).profile.functionName(this.frame(node));
  }

  /** @param {number} node */
  label(node) {
    const profile = /** @type {View} */ (this.view).profile;
    if (node === 0) return `all  ${this.amount(0)}`;
    const bySource = this.options?.labels === "source";
    const frame = this.frame(node);
    if (!bySource) return shortName(this.name(node));
    return profile.source(frame) || `${shortName(this.name(node))} ${profile.location(frame)}`;
  }

  /** @param {number} node */
  classOf(node) {
    return /** @type {View} */ (this.view).profile.class(this.frame(node));
  }

  /** @param {number} node */
  amount(node) {
    const { tree, options } = this;
    if (!tree || !options) return "";
    return `${metricText(options.metric, at(tree.value, node))}, ${shareText(at(tree.value, node), at(tree.value, 0))}`;
  }

  /** @param {number} node @returns {Child[]} */
  tooltip(node) {
    const profile = /** @type {View} */ (this.view).profile;
    const frame = this.frame(node);
    const source = node > 0 ? profile.source(frame) : "";
    const metric = this.options?.metric ?? "bytes";
    const [value, other, whole] = [
      at(this.tree?.value ?? [], node),
      at(this.tree?.sides[1] ?? [], node),
      at(this.tree?.value ?? [], 0),
    ];
    return [
      el("code", { class: "name" }, this.name(node)),
      node > 0
        ? el(
            "span",
            { class: "detail" },
            [profile.location(frame), CLASS_TITLES[profile.class(frame)]].filter(Boolean).join(" · "),
          )
        : null,
      source ? el("code", { class: "source" }, source) : null,
      el(
        "span",
        {},
        `${METRIC_TITLES[metric]}: `,
        el("b", {}, metricText(metric, value)),
        ` · ${isBytes(metric) ? thingsText(other, "block") : bytesText(other)} · ${shareText(value, whole)}`,
      ),
    ];
  }

  /** @type {TreeOptions | undefined} */
  options = undefined;
}

/** @param {Profile} profile @returns {Metric[]} */
function flameMetrics(profile) {
  return METRICS.filter((metric) => profile.knowsTemporary || !metric.startsWith("temporary"));
}

function legend() {
  return el(
    "p",
    { class: "legend" },
    ...CLASS_TITLES.map((title, index) =>
      el("span", {}, el("span", { class: `dot class-${index}`, "aria-hidden": "true" }), title),
    ),
  );
}
