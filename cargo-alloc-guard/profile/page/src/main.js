// Puts the page together: tabs, filters, theme, and the one state that all of them show.

/** @typedef {{ show(view: View, state: State): void }} Tab */

/** @type {App} */
let app;

/** @type {[string, string][]} */
const TABS = [
  ["summary", "Summary"],
  ["flame", "Flame graph"],
  ["allocations", "Allocations"],
  ["timeline", "Timeline"],
  ["leaks", "Leaks"],
  ["threads", "Threads"],
  ["phases", "Phases"],
  ["diff", "Diff"],
];

class App {
  /** @param {PageData} report */
  constructor(report) {
    this.report = report;
    this.profiles = report.profiles.map((data) => new Profile(data));
    const two = this.profiles.length > 1;
    this.tabs = TABS.filter(([id]) => id !== "diff" || two);
    /** @type {State} */
    this.first = { ...FIRST_STATE, profile: this.profiles.length - 1, tab: two ? "diff" : "summary" };
    this.state = fitState(readState(location.hash, this.first), report);
    this.profile = /** @type {Profile} */ (this.profiles[this.state.profile]);
    this.view = makeView(this.profile, this.state);
    /** @type {Map<string, Tab>} */
    this.mounted = new Map();
    /** @type {Brush | null} */
    this.brush = null;
    this.sparkOf = /** @type {Profile | null} */ (null);
  }

  start() {
    const titles = this.profiles.map((profile) => profile.data.title).join(" → ");
    document.title = `${titles} – allocations`;
    const { build, duration_ns, source } = this.profile.data;
    const about = [`${source} profile`, build, duration_ns > 0 ? timeText(duration_ns) : ""]
      .filter(Boolean)
      .join(" · ");
    byId("title").replaceChildren(titles, el("small", {}, about));
    byId("generator").textContent =
      `Written by ${this.report.generator}. This page holds all its data and asks no one for anything.`;
    this.buildTabs();
    this.buildFilters();
    this.banner();
    addEventListener("hashchange", () => this.go(fitState(readState(location.hash, this.first), this.report)));
    let theme = "auto";
    addEventListener("beforeprint", () => {
      theme = document.documentElement.dataset["theme"] ?? "auto";
      this.print(true, "light");
    });
    addEventListener("afterprint", () => this.print(false, theme));
    for (const id of ["starting", "page"]) byId(id).hidden = id === "starting";
    this.show();
  }

  /**
   * Changes what is shown. Steps of a drag do not each become a step back.
   *
   * @param {Partial<State>} change
   * @param {boolean} [lasting]
   */
  set(change, lasting = true) {
    const state = fitState({ ...this.state, ...change }, this.report);
    const address = writeState(state, this.first);
    try {
      if (lasting && address !== (location.hash || "#")) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
    } catch {
      // Within a frame of another page the address may not be changed; all else works.
    }
    this.go(state);
  }

  /** @param {State} state */
  go(state) {
    const old = this.state;
    const focus = document.activeElement;
    this.state = state;
    const changed =
      state.profile !== old.profile ||
      Object.keys(NO_FILTERS).some(
        (key) => state[/** @type {keyof Filters} */ (key)] !== old[/** @type {keyof Filters} */ (key)],
      );
    if (changed) {
      this.profile = /** @type {Profile} */ (this.profiles[state.profile]);
      this.view = makeView(this.profile, state);
    }
    this.show();
    // Whoever pressed a key on what is gone now goes on from the tab.
    const gone = focus instanceof HTMLElement && focus !== document.body && !focus.checkVisibility();
    if (gone) byId(`tab-${this.state.tab}`).focus({ preventScroll: true });
    if (changed) announce(this.shownText());
  }

  shownText() {
    const { profile, view } = this;
    return `${thingsText(view.total[0] ?? 0, "allocation")} of ${countText(profile.data.totals.allocations)} shown`;
  }

  show() {
    this.showTabs();
    this.showFilters();
    this.spark();
    const tab = this.mount(this.state.tab);
    tab.show(this.view, this.state);
  }

  /** @param {string} id @returns {Tab} */
  mount(id) {
    const known = this.mounted.get(id);
    if (known) return known;
    const panel = byId(`panel-${id}`);
    const tab = this.make(id, panel);
    this.mounted.set(id, tab);
    return tab;
  }

  /** @param {string} id @param {HTMLElement} panel @returns {Tab} */
  make(id, panel) {
    if (id === "flame") return new FlameTab(panel);
    if (id === "allocations") return new AllocationsTab(panel, false);
    if (id === "leaks") return new AllocationsTab(panel, true);
    if (id === "timeline") return new TimeTab(panel);
    if (id === "threads") return new ThreadsTab(panel);
    if (id === "phases") return new PhasesTab(panel);
    if (id === "diff") return new DiffTab(panel, this.profiles);
    return new SummaryTab(panel);
  }

  buildTabs() {
    const list = byId("tabs");
    for (const [id, title] of this.tabs) {
      list.append(
        el(
          "button",
          {
            type: "button",
            role: "tab",
            id: `tab-${id}`,
            "aria-controls": `panel-${id}`,
            click: () => this.set({ tab: id }),
          },
          title,
        ),
      );
      byId("panels").append(
        el("div", {
          role: "tabpanel",
          id: `panel-${id}`,
          class: `panel panel-${id}`,
          "aria-labelledby": `tab-${id}`,
          hidden: true,
        }),
      );
    }
    list.addEventListener("keydown", (event) => {
      const ids = this.tabs.map(([id]) => id);
      const place = ids.indexOf(this.state.tab);
      const next = { ArrowRight: place + 1, ArrowLeft: place - 1 + ids.length, Home: 0, End: ids.length - 1 }[
        event.key
      ];
      if (next === undefined) return;
      event.preventDefault();
      const id = ids[next % ids.length] ?? "summary";
      this.set({ tab: id });
      byId(`tab-${id}`).focus();
    });
  }

  showTabs() {
    if (!this.tabs.some(([id]) => id === this.state.tab)) this.state.tab = this.first.tab;
    for (const [id] of this.tabs) {
      const chosen = id === this.state.tab;
      const tab = byId(`tab-${id}`);
      if (chosen && tab.getAttribute("aria-selected") !== "true")
        tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      byId(`panel-${id}`).hidden = !chosen;
    }
  }

  buildFilters() {
    this.text = searchField("Filter by function, file or source", (text) => this.set({ text }));
    this.text.id = "filter-text";
    this.thread = choice("Thread", [], (thread) => this.set({ thread: Number(thread) }));
    this.operation = choice("Operation", [], (operation) => this.set({ operation: Number(operation) }));
    this.phase = choice(
      "Phase",
      [
        ["", "all"],
        ["run", "without set-up"],
        ...PHASE_TITLES.map((title, i) => /** @type {[string, string]} */ ([String(i), title])),
      ],
      (phase) => this.set({ phase }),
    );
    this.which = choice(
      "Profile",
      this.profiles.map((profile, i) => [String(i), `${i === 0 ? "base" : "changed"}: ${profile.data.title}`]),
      (profile) =>
        this.set({ profile: Number(profile), thread: -1, operation: -1, site: -1, from: -1, to: -1, zoom: "" }),
    );
    byId("filters").append(this.text, this.thread.element, this.operation.element, this.phase.element);
    if (this.profiles.length > 1) byId("filters").prepend(this.which.element);
  }

  showFilters() {
    const { state, profile } = this;
    const { data } = profile;
    if (!this.text || !this.thread || !this.operation || !this.phase || !this.which) return;
    fillField(this.text, state.text);
    fillChoice(this.thread.select, [
      ["-1", "all"],
      ...data.threads.map((_, i) => /** @type {[string, string]} */ ([String(i), profile.threadName(i)])),
    ]);
    this.thread.select.value = String(state.thread);
    this.thread.element.hidden = data.threads.length < 2;
    fillChoice(this.operation.select, [
      ["-1", "all"],
      ...data.operations.name.map((_, i) => /** @type {[string, string]} */ ([String(i), profile.operationName(i)])),
    ]);
    this.operation.select.value = String(state.operation);
    this.phase.select.value = state.phase;
    this.operation.element.hidden = this.phase.element.hidden = data.operations.name.length === 0;
    this.which.select.value = String(state.profile);
    const words = filterWords(profile, state);
    byId("chips").replaceChildren(
      ...words.map(({ text, clear }) =>
        el(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-label": `Take away the filter: ${text}`,
            click: () => this.set(clear),
          },
          text,
          el("span", { "aria-hidden": "true" }, " ×"),
        ),
      ),
      ...(words.length > 0
        ? [
            el("span", { class: "detail" }, `${this.shownText()} `),
            el("button", { type: "button", class: "link", click: () => this.set({ ...NO_FILTERS }) }, "clear all"),
          ]
        : []),
    );
    byId("chips").hidden = words.length === 0;
  }

  /** The small timeline above the tabs. */
  spark() {
    const { profile, state } = this;
    const { timeline, totals } = profile.data;
    byId("spark").hidden = !timeline || state.tab === "timeline";
    if (!timeline) return;
    if (this.sparkOf !== profile) {
      this.sparkOf = profile;
      const duration = profile.steps * timeline.step_ns;
      const chart = timeChart(
        { title: "", values: timeline.high_bytes, shape: "area", colour: "live", text: bytesText, base: 2 },
        profile.steps,
        { peak: totals.peak_ns > 0 ? totals.peak_ns / duration : -1, axis: false, duration },
      );
      byId("spark").replaceChildren(
        chart,
        el(
          "div",
          { class: "spark-text", "aria-hidden": "true" },
          el("span", {}, "0"),
          el("span", {}, `peak ${bytesText(totals.peak_bytes)}`),
          el("span", {}, timeText(duration)),
        ),
      );
      this.brush = new Brush(
        [...byId("spark").querySelectorAll(".plot")],
        (from, to, done) => this.set({ from, to }, done),
        true,
      );
    }
    this.brush?.show(profile.steps, state.from, state.to, (step) => timeText(step * timeline.step_ns));
  }

  banner() {
    const warnings = this.profiles.flatMap((profile) =>
      profile.data.warnings.map((text) => (this.profiles.length > 1 ? `${profile.data.title}: ${text}` : text)),
    );
    const banner = byId("banner");
    banner.hidden = warnings.length === 0;
    banner.append(el("strong", {}, "Warnings"), el("ul", {}, ...warnings.map((text) => el("li", {}, text))));
  }

  /** On paper there is no scrolling, and the ink is dark. @param {boolean} printing @param {string} theme */
  print(printing, theme) {
    document.documentElement.dataset["theme"] = theme;
    document.documentElement.classList.toggle("printing", printing);
    this.show();
  }

  /** Says something for a moment. @param {string} text */
  flash(text) {
    const note = byId("flash");
    note.textContent = text;
    note.hidden = false;
    clearTimeout(this.flashing);
    this.flashing = setTimeout(() => (note.hidden = true), 2000);
  }

  flashing = 0;
}

/** Light, dark, or as the system has it; remembered where the browser lets a page remember. */
function buildTheme() {
  const button = byId("theme");
  const root = document.documentElement;
  const show = (/** @type {string} */ theme) => {
    root.dataset["theme"] = theme;
    button.textContent = { light: "Light", dark: "Dark", auto: "Auto" }[theme] ?? "Auto";
    button.setAttribute("aria-label", `Theme: ${theme}`);
    if (app) app.show();
  };
  button.addEventListener("click", () => {
    const next = { auto: "light", light: "dark", dark: "auto" }[root.dataset["theme"] ?? "auto"] ?? "auto";
    try {
      localStorage.setItem("alloc-guard-theme", next);
    } catch {
      // It then lasts as long as the page.
    }
    show(next);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app && app.show());
  let remembered = "auto";
  try {
    remembered = localStorage.getItem("alloc-guard-theme") ?? "auto";
  } catch {
    // As above.
  }
  show(["auto", "light", "dark"].includes(remembered) ? remembered : "auto");
}

async function startPage() {
  buildTheme();
  try {
    const data = byId("data");
    const report = await decodeReport(data.textContent);
    // Held no longer than needed: it is the largest thing in the page.
    data.remove();
    app = new App(report);
    app.start();
  } catch (error) {
    const message = byId("starting");
    message.hidden = false;
    message.className = "broken";
    message.setAttribute("role", "alert");
    message.textContent = error instanceof Unreadable ? error.message : `The report could not be shown: ${error}`;
    if (!(error instanceof Unreadable)) throw error;
  }
}

void startPage();
