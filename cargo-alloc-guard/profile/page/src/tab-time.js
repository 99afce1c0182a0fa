// The tab over time: what was live, how many, and how fast it was allocated.

class TimeTab {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
    /** @type {View | null} */
    this.view = null;
    /** @type {Profile | null} */
    this.profile = null;
    this.brush = /** @type {Brush | null} */ (null);
    this.full = /** @type {number[][]} */ ([]);
  }

  /** @param {View} view @param {State} state */
  show(view, state) {
    const { profile } = view;
    const { timeline, totals, duration_ns } = profile.data;
    if (!timeline) {
      this.panel.replaceChildren(
        el(
          "p",
          { class: "none" },
          `A ${profile.data.source} profile does not say when anything happened, so there is no timeline.`,
        ),
      );
      return;
    }
    if (profile !== this.profile) this.full = rates(makeView(profile, NO_FILTERS));
    if (view !== this.view) {
      const [allocations, bytes] = rates(view);
      const [allAllocations, allBytes] = this.full;
      const duration = profile.steps * timeline.step_ns;
      const options = { peak: totals.peak_ns > 0 ? totals.peak_ns / duration : -1, axis: true, duration };
      const per = timeText(timeline.step_ns);
      const charts = [
        {
          title: "Live bytes, whole process",
          values: timeline.high_bytes,
          shape: "area",
          colour: "live",
          text: bytesText,
          base: 2,
        },
        {
          title: "Live blocks, whole process",
          values: timeline.live_allocations,
          shape: "line",
          colour: "count",
          text: countText,
          base: 10,
        },
        {
          title: `Bytes allocated each ${per}`,
          values: bytes,
          behind: allBytes,
          shape: "bars",
          colour: "rate",
          text: bytesText,
          base: 2,
        },
        {
          title: `Allocations each ${per}`,
          values: allocations,
          behind: allAllocations,
          shape: "bars",
          colour: "rate",
          text: countText,
          base: 10,
        },
      ].map((series) => timeChart(/** @type {Series} */ (series), profile.steps, options));
      const peak = el(
        "p",
        { class: "detail" },
        el("span", { class: "dot peak-mark", "aria-hidden": "true" }),
        `High-water mark: ${bytesText(totals.peak_bytes)} in ${thingsText(totals.peak_allocations, "block")}, at ${timeText(totals.peak_ns)} of ${timeText(duration_ns)}. Drag over a chart to choose a range: every tab follows. A click takes it away.`,
      );
      // While it is dragged, the charts under the pointer have to stay.
      if (profile === this.profile && this.panel.children.length > 1) this.refill(charts);
      else {
        this.panel.replaceChildren(peak, ...charts);
        this.brush = new Brush(plotsOf(this.panel), (from, to, done) => app.set({ from, to }, done), true);
      }
      Object.assign(this, { view, profile });
    }
    this.brush?.show(profile.steps, state.from, state.to, (step) => timeText(step * timeline.step_ns));
  }

  /** @param {HTMLElement[]} charts */
  refill(charts) {
    const old = [...this.panel.querySelectorAll(".chart")];
    charts.forEach((chart, index) => {
      const before = old[index];
      before?.querySelector("svg")?.replaceWith(chart.querySelector("svg") ?? "");
      before?.querySelector("figcaption")?.replaceWith(chart.querySelector("figcaption") ?? "");
      before?.querySelector(".axis.y")?.replaceWith(chart.querySelector(".axis.y") ?? "");
    });
  }
}

/** @param {HTMLElement} panel */
function plotsOf(panel) {
  return [...panel.querySelectorAll(".plot")];
}

/** Allocations and bytes of each step. @param {View} view */
function rates(view) {
  return [0, 1].map((metric) =>
    Array.from({ length: view.profile.steps }, (_, step) => at(view.byStep, step * WIDTH + metric)),
  );
}
