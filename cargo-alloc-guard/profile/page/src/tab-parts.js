// The tabs that split a view by thread, and by operation and phase.

class ThreadsTab {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.table = new Table("Threads", (sort) => app.set({ partSort: sort }));
    this.empty = el("p", { class: "none" });
    this.tools = el(
      "div",
      { class: "bar-of-tools" },
      el("span", { class: "detail" }, "Who allocated; who freed it is not asked."),
      copyButton(() => this.table.markdown("**Threads**")),
    );
    panel.append(this.empty, this.tools, this.table.element);
  }

  /** @param {View} view @param {State} state */
  show(view, state) {
    const { profile } = view;
    const { threads, source } = profile.data;
    const none = threads.length === 0;
    this.empty.hidden = !none;
    this.tools.hidden = this.table.element.hidden = none;
    this.empty.textContent = `A ${source} profile does not say which thread allocated.`;
    if (none) return;
    const lines = threads
      .map((_, thread) =>
        partLine(`thread ${thread}`, profile.threadName(thread), sumsOf(view.byThread, thread), { thread }),
      )
      .filter((line) => line.values[0]);
    this.table.show(
      sumColumns(view, "Thread", tableMetrics(view), state.partSort),
      sortLines(lines, state.partSort),
      state.partSort,
      "Nothing passes these filters.",
    );
  }
}

class PhasesTab {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.table = new Table("Operations and phases", (sort) => app.set({ partSort: sort }));
    this.empty = el("p", { class: "none" }, "This profile has no guarded operations, so it has no phases either.");
    this.setup = toggle("without set-up (init and warm-up), in every tab", (on) => app.set({ phase: on ? "run" : "" }));
    this.tools = el(
      "div",
      { class: "bar-of-tools" },
      this.setup.element,
      copyButton(() => this.table.markdown("**Operations and phases**")),
    );
    panel.append(this.empty, this.tools, this.table.element);
  }

  /** @param {View} view @param {State} state */
  show(view, state) {
    const { profile } = view;
    const { operation, phase } = profile.data.contexts;
    const none = phase.length < 2;
    this.empty.hidden = !none;
    this.tools.hidden = this.table.element.hidden = none;
    if (none) return;
    this.setup.box.checked = state.phase === "run";
    /** @type {Map<number, number[]>} */
    const contexts = new Map();
    operation.forEach((index, context) => contexts.set(index, [...(contexts.get(index) ?? []), context]));
    const lines = [...contexts].map(([index, own]) => {
      const phases = own
        .map((context) => {
          const number = phase[context] ?? 0;
          const filter = { operation: index - 1, phase: String(number) };
          return {
            ...partLine(`context ${context}`, `${PHASE_TITLES[number]}`, sumsOf(view.byContext, context), filter),
            depth: 1,
          };
        })
        .filter((line) => line.values[0]);
      const values = METRICS.map((_, metric) => phases.reduce((sum, line) => sum + (line.values[metric] ?? 0), 0));
      if (index === 0) return partLine("operation 0", "outside of every operation", values, null);
      const verdict = profile.data.operations.verdict[index - 1] ?? "";
      const line = partLine(`operation ${index}`, profile.operationName(index - 1), values, { operation: index - 1 });
      const words = line.label;
      return { ...line, label: () => [verdict ? verdictMark(verdict) : null, ...words()], children: () => phases };
    });
    for (const line of lines) if (line.children && !this.seen) this.table.opened.add(line.id);
    this.seen = true;
    this.table.show(
      sumColumns(view, "Operation and phase", tableMetrics(view), state.partSort),
      sortLines(
        lines.filter((line) => line.values[0]),
        state.partSort,
      ),
      state.partSort,
      "Nothing passes these filters.",
    );
  }

  seen = false;
}

/** @param {string} id @param {string} text @param {number[]} values @param {Partial<State> | null} filter @returns {Line} */
function partLine(id, text, values, filter) {
  return {
    id,
    depth: 0,
    values,
    label: () => [text],
    title: text,
    actions: filter ? [{ name: "filter", title: `Show only ${text}, in every tab`, run: () => app.set(filter) }] : [],
  };
}
