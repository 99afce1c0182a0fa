// The tables of allocations: all of them, and those that were never freed.

class AllocationsTab {
  /** @param {HTMLElement} panel @param {boolean} leaks - only what was live at the end */
  constructor(panel, leaks) {
    this.leaks = leaks;
    this.group = choice("By", [], (group) => app.set({ group, sort: group === "event" ? "time" : "-bytes" }));
    this.table = new Table(leaks ? "Leaks" : "Allocations", (sort) => app.set(leaks ? { leakSort: sort } : { sort }));
    this.words = el("span", { class: "detail" });
    const copy = copyButton(() =>
      this.table.markdown(`**${leaks ? "Leaks" : "Allocations"}** – ${this.words.textContent}`),
    );
    panel.append(
      el("div", { class: "bar-of-tools" }, leaks ? null : this.group.element, this.words, copy),
      this.table.element,
    );
    /** @type {View | null} */
    this.view = null;
    this.made = "";
  }

  /** @param {View} view @param {State} state */
  show(view, state) {
    const group = this.leaks ? "stack" : state.group;
    const sort = this.leaks ? state.leakSort : state.sort;
    const groups = Object.entries(GROUP_TITLES).filter(([key]) => key !== "event" || view.profile.data.events);
    fillChoice(this.group.select, groups);
    this.group.select.value = group;
    const made = `${group} ${sort}`;
    if (view === this.view && made === this.made) return this.table.redraw();
    Object.assign(this, { view, made });
    const leaked = metricIndex("leaked");
    const all = groupLines(view, group, sort);
    const lines = this.leaks ? all.filter((line) => (line.values[leaked] ?? 0) > 0) : all;
    const columns =
      group === "event"
        ? eventColumns(view.profile)
        : sumColumns(
            view,
            GROUP_TITLES[group] ?? "",
            this.leaks ? ["leaked", "leaked_bytes", "allocations", "bytes"] : tableMetrics(view),
            sort,
          );
    if (this.leaks) columns.forEach((column) => Object.assign(column, LEAK_TITLES[column.key] ?? {}));
    this.words.textContent = this.leaks
      ? `${thingsText(view.total[leaked] ?? 0, "block")} of ${bytesText(view.total[metricIndex("leaked_bytes")] ?? 0)} live at the end, from ${thingsText(lines.length, "stack")}`
      : `${thingsText(view.total[0] ?? 0, "allocation")} of ${bytesText(view.total[1] ?? 0)}, in ${thingsText(lines.length, GROUP_NOUNS[group] ?? "line")}`;
    this.table.show(
      columns,
      lines,
      sort,
      this.leaks ? "Nothing was live at the end." : "Nothing passes these filters.",
    );
    return undefined;
  }
}

/** @type {Record<string, Partial<Column>>} */
const LEAK_TITLES = {
  leaked: { title: "Blocks leaked" },
  leaked_bytes: { title: "Bytes leaked" },
  allocations: { title: "of allocations", minor: true },
  bytes: { title: "of bytes", minor: true },
};

/** @param {() => string} text */
function copyButton(text) {
  return el(
    "button",
    {
      type: "button",
      class: "copy",
      click: async () => {
        await copyText(text());
        announce("Copied as Markdown");
        app.flash("Copied as Markdown");
      },
    },
    "Copy as Markdown",
  );
}
