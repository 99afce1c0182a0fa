// Charts over time, and the brush on them that all tabs follow.

/**
 * @typedef {object} Series
 * @property {string} title
 * @property {ArrayLike<number>} values
 * @property {"area" | "line" | "bars"} shape
 * @property {string} colour - a class
 * @property {(value: number) => string} text
 * @property {number} base - 2 or 10, for round numbers on the axis
 * @property {ArrayLike<number>} [behind] - drawn paler, behind it
 */

/**
 * One chart. It is drawn in units of its own and stretched, so that it need not know its size.
 *
 * @param {Series} series
 * @param {number} steps
 * @param {{ peak: number, axis: boolean, duration: number }} options
 */
function timeChart(series, steps, { peak, axis, duration }) {
  const highest = Math.max(1, ...asArray(series.values), ...asArray(series.behind ?? []));
  const graph = svg("svg", {
    viewBox: `0 0 ${Math.max(1, steps)} 100`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  const marks = axis ? ticks(highest, 3, series.base) : [];
  for (const mark of marks) {
    const y = 100 - (96 * mark) / highest;
    graph.append(svg("line", { class: "grid", x1: 0, x2: steps, y1: y, y2: y }));
  }
  if (series.behind)
    graph.append(svg("path", { class: `${series.colour} behind`, d: outlineOf(series.behind, highest, "area") }));
  graph.append(
    svg("path", { class: `${series.colour} ${series.shape}`, d: outlineOf(series.values, highest, series.shape) }),
  );
  const plot = el("div", { class: "plot" }, graph);
  if (peak >= 0) {
    const line = el("div", { class: "peak", "aria-hidden": "true" });
    line.style.left = `${(100 * peak).toFixed(2)}%`;
    plot.append(line);
  }
  if (!axis) return el("div", { class: "chart" }, plot);
  const labels = marks.map((mark) => {
    const label = el("span", {}, series.text(mark).replace(".0 ", " "));
    label.style.bottom = `${(96 * mark) / highest}%`;
    return label;
  });
  const times = ticks(duration, 6, 10).map((time) => {
    const label = el("span", {}, timeText(time));
    label.style.left = `${(100 * time) / (duration || 1)}%`;
    return label;
  });
  return el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, series.title, el("span", { class: "amount" }, ` at most ${series.text(highest)}`)),
    el("div", { class: "axis y", "aria-hidden": "true" }, ...labels),
    plot,
    el("div", { class: "axis x", "aria-hidden": "true" }, ...times),
  );
}

/** @param {ArrayLike<number>} values */
function asArray(values) {
  return Array.from(values);
}

/** @param {ArrayLike<number>} values @param {number} highest @param {Series["shape"]} shape */
function outlineOf(values, highest, shape) {
  const y = (/** @type {number} */ value) => (100 - (96 * value) / highest).toFixed(2);
  let path = shape === "line" ? "" : "M0 100";
  for (let step = 0; step < values.length; step++) {
    path += `${path ? "L" : "M"}${step} ${y(at(values, step))}H${step + 1}`;
  }
  return shape === "line" ? path : `${path}V100Z`;
}

/** The brush: a range of steps, chosen with a pointer or with the keys on its two ends. */
class Brush {
  /**
   * @param {Element[]} plots
   * @param {(from: number, to: number, done: boolean) => void} changed
   * @param {boolean} keys - whether its ends can be reached with keys; once in a page is enough
   */
  constructor(plots, changed, keys) {
    this.changed = changed;
    this.steps = 1;
    this.from = -1;
    this.to = -1;
    /** @type {(step: number) => string} */
    this.text = String;
    this.layers = plots.map((plot) => {
      const before = el("div", { class: "outside" });
      const after = el("div", { class: "outside after" });
      const layer = el("div", { class: "brush" }, before, after);
      const ends = keys && plot === plots[0] ? [this.end("from"), this.end("to")] : [];
      layer.append(...ends);
      plot.append(layer);
      this.listen(layer);
      return { before, after, ends };
    });
  }

  /** One end, as a slider. @param {"from" | "to"} side */
  end(side) {
    return el("div", {
      class: `end ${side}`,
      role: "slider",
      tabindex: 0,
      "aria-label": side === "from" ? "Start of the range of time" : "End of the range of time",
      "aria-valuemin": 0,
      keydown: (/** @type {KeyboardEvent} */ event) => {
        const far = event.shiftKey ? 16 : 1;
        const move = {
          ArrowLeft: -far,
          ArrowDown: -far,
          ArrowRight: far,
          ArrowUp: far,
          PageDown: -32,
          PageUp: 32,
          Home: -1e6,
          End: 1e6,
        }[event.key];
        if (event.key === "Escape") this.changed(-1, -1, true);
        else if (move === undefined) return;
        else this.moveEnd(side, move);
        event.preventDefault();
      },
    });
  }

  /** @param {"from" | "to"} side @param {number} by */
  moveEnd(side, by) {
    const last = this.steps - 1;
    let from = this.from < 0 ? 0 : this.from;
    let to = this.to < 0 ? last : this.to;
    if (side === "from") from = Math.min(to, Math.max(0, from + by));
    else to = Math.max(from, Math.min(last, to + by));
    this.change(from, to, true);
  }

  /**
   * The whole range is no range. Of the steps of a drag only the last before each frame is told.
   *
   * @param {number} from
   * @param {number} to
   * @param {boolean} done
   */
  change(from, to, done) {
    const whole = from === 0 && to === this.steps - 1;
    const tell = () => (whole ? this.changed(-1, -1, done) : this.changed(from, to, done));
    cancelAnimationFrame(this.waiting);
    if (done) tell();
    else this.waiting = requestAnimationFrame(tell);
  }

  waiting = 0;

  /** @param {HTMLElement} layer */
  listen(layer) {
    let start = -1;
    const stepAt = (/** @type {PointerEvent} */ event) => {
      const box = layer.getBoundingClientRect();
      const share = (event.clientX - box.left) / (box.width || 1);
      return Math.max(0, Math.min(this.steps - 1, Math.floor(share * this.steps)));
    };
    const drag = (/** @type {PointerEvent} */ event, /** @type {boolean} */ done) => {
      const step = stepAt(event);
      this.change(Math.min(start, step), Math.max(start, step), done);
    };
    layer.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      start = stepAt(event);
      layer.setPointerCapture(event.pointerId);
    });
    layer.addEventListener("pointermove", (event) => {
      if (start >= 0 && stepAt(event) !== start) drag(event, false);
    });
    layer.addEventListener("pointerup", (event) => {
      if (start >= 0) {
        // A click without a drag takes the range away.
        if (stepAt(event) === start) this.changed(-1, -1, true);
        else drag(event, true);
      }
      start = -1;
    });
    layer.addEventListener("pointercancel", () => (start = -1));
  }

  /** @param {number} steps @param {number} from @param {number} to @param {(step: number) => string} text */
  show(steps, from, to, text) {
    Object.assign(this, { steps: Math.max(1, steps), from, to, text });
    const chosen = from >= 0 || to >= 0;
    const left = (100 * Math.max(0, from)) / this.steps;
    const right = (100 * (to < 0 ? this.steps : to + 1)) / this.steps;
    for (const { before, after, ends } of this.layers) {
      before.style.width = chosen ? `${left}%` : "0";
      after.style.left = chosen ? `${right}%` : "100%";
      ends.forEach((end, i) => {
        end.style.left = `${i === 0 ? left : right}%`;
        const step = i === 0 ? Math.max(0, from) : to < 0 ? this.steps - 1 : to;
        end.setAttribute("aria-valuemax", String(this.steps - 1));
        end.setAttribute("aria-valuenow", String(step));
        end.setAttribute("aria-valuetext", text(i === 0 ? step : step + 1));
      });
    }
  }
}
