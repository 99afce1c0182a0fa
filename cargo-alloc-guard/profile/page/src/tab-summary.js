// The first tab: totals, what the guarded operations came to, and the four lists of the worst sites.

/** @type {[Metric, string, string][]} */
const WORST = [
  ["peak_bytes", "At the peak", "What was live when the process used most"],
  ["leaked_bytes", "Leaks", "What was still live at the end"],
  ["allocations", "Count", "Who allocates most often"],
  ["temporary", "Temporary", "Freed before the thread’s next allocation"],
];

const WORST_SHOWN = 8;

class SummaryTab {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.panel = panel;
  }

  /** @param {View} view */
  show(view) {
    this.panel.replaceChildren(
      ...[
        figures(view),
        operationsCard(view),
        el("div", { class: "worst" }, ...WORST.map(([metric, title, words]) => worstCard(view, metric, title, words))),
        facts(view.profile),
      ].filter((part) => part !== null),
    );
  }
}

/** @param {View} view */
function figures(view) {
  const { profile, total } = view;
  const { totals, timeline } = profile.data;
  const all = filterWords(profile, view.filters).length === 0;
  /** @param {Metric} metric */
  const sum = (metric) => total[metricIndex(metric)] ?? 0;
  const peakAt = timeline && totals.peak_ns > 0 ? `at ${timeText(totals.peak_ns)}` : "";
  const peak = all ? totals.peak_bytes : sum("peak_bytes");
  /** @type {[string, string, string][]} */
  const list = [
    [
      "Allocations",
      countText(sum("allocations")),
      all ? `${countText(totals.deallocations)} deallocations` : `of ${countText(totals.allocations)}`,
    ],
    [
      "Bytes allocated",
      bytesText(sum("bytes")),
      all ? `${bytesText(sum("bytes") / Math.max(1, sum("allocations")))} on average` : `of ${bytesText(totals.bytes)}`,
    ],
    [
      all ? "Peak" : "At the peak",
      bytesText(peak),
      all
        ? [thingsText(totals.peak_allocations, "block"), peakAt].filter(Boolean).join(" ")
        : `of ${bytesText(totals.peak_bytes)}`,
    ],
    ["Leaked", bytesText(sum("leaked_bytes")), thingsText(sum("leaked"), "block")],
  ];
  if (profile.knowsTemporary) {
    list.push([
      "Temporary",
      countText(sum("temporary")),
      `${shareText(sum("temporary"), sum("allocations"))} of allocations`,
    ]);
  }
  return el(
    "dl",
    { class: "figures" },
    ...list.map(([name, value, detail]) =>
      el("div", {}, el("dt", {}, name), el("dd", { class: "value" }, value), el("dd", { class: "detail" }, detail)),
    ),
  );
}

/** @param {View} view */
function operationsCard(view) {
  const { profile } = view;
  const { name, title, expectation, verdict, measured } = profile.data.operations;
  if (name.length === 0) return null;
  const failed = verdict.filter((word) => word === "failed").length;
  const known = verdict.some(Boolean);
  const rows = name.map((text, index) => ({ text, index, failed: verdict[index] === "failed" }));
  rows.sort((a, b) => Number(b.failed) - Number(a.failed) || a.index - b.index);
  return el(
    "section",
    { class: "card operations" },
    el(
      "h2",
      {},
      "Guarded operations",
      el("small", {}, known ? `${thingsText(failed, "failure")} in ${countText(name.length)}` : countText(name.length)),
    ),
    el(
      "ul",
      {},
      ...rows.map(({ text, index }) =>
        el(
          "li",
          {},
          verdictMark(verdict[index] ?? ""),
          el(
            "button",
            {
              type: "button",
              class: "link",
              title: `Show only what was allocated in ${text}`,
              click: () => app.set({ operation: index, tab: "allocations" }),
            },
            title[index] || text,
          ),
          title[index] ? el("code", {}, text) : null,
          el(
            "span",
            { class: "detail" },
            [expectation[index], measured[index] || lockedText(view, index)].filter(Boolean).join(" · "),
          ),
        ),
      ),
    ),
  );
}

/** What an operation allocated while it was locked. @param {View} view @param {number} index */
function lockedText(view, index) {
  const { operation, phase } = view.profile.data.contexts;
  const own = operation.flatMap((of, context) => (of === index + 1 && phase[context] === 2 ? [context] : []));
  const [allocations, bytes] = [0, 1].map((metric) =>
    own.reduce((sum, context) => sum + at(view.byContext, context * WIDTH + metric), 0),
  );
  return `locked: ${thingsText(allocations ?? 0, "allocation")}, ${bytesText(bytes ?? 0)}`;
}

/** @param {string} verdict */
function verdictMark(verdict) {
  const sign = { passed: "✓", failed: "✗" }[verdict] ?? "·";
  return el(
    "span",
    { class: `mark ${verdict}`, role: "img", "aria-label": verdict || "verdict not known", title: verdict },
    sign,
  );
}

/** @param {View} view @param {Metric} metric @param {string} title @param {string} words */
function worstCard(view, metric, title, words) {
  const { profile } = view;
  const index = metricIndex(metric);
  const whole = view.total[index] ?? 0;
  const lines = siteLines(view, `-${metric}`).filter((line) => (line.values[index] ?? 0) > 0);
  const worst = sortLines(lines, `-${metric}`).slice(0, WORST_SHOWN);
  const empty = metric === "temporary" && !profile.knowsTemporary ? "This kind of profile does not tell." : "None.";
  return el(
    "section",
    { class: "card" },
    el("h2", {}, title, el("small", {}, words)),
    worst.length === 0
      ? el("p", { class: "none" }, empty)
      : el("ol", {}, ...worst.map((line) => worstItem(view, metric, line, whole))),
    lines.length > worst.length
      ? el(
          "button",
          {
            type: "button",
            class: "link more",
            click: () => app.set({ tab: "allocations", group: "site", sort: `-${metric}` }),
          },
          `${countText(lines.length)} sites`,
        )
      : null,
  );
}

/** @param {View} view @param {Metric} metric @param {Line} line @param {number} whole */
function worstItem(view, metric, line, whole) {
  const value = line.values[metricIndex(metric)] ?? 0;
  const partner = partnerOf(metric);
  const other = line.values[metricIndex(partner)] ?? 0;
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  bar.style.width = `${whole > 0 ? (100 * value) / whole : 0}%`;
  const site = Number(line.id.split(" ")[1]);
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        title: `${line.title ?? ""}\nShow as a flame graph`,
        click: () => app.set({ site, metric, tab: "flame", zoom: "" }),
      },
      bar,
      el("span", { class: "site" }, ...line.label().filter((child) => child !== null && child !== undefined)),
      el(
        "span",
        { class: "amounts" },
        el("b", {}, metricText(metric, value)),
        el("span", {}, isBytes(partner) ? bytesText(other) : `× ${countText(other)}`),
        el("span", { class: "share" }, shareText(value, whole)),
      ),
    ),
    view.profile.source(site) ? el("code", { class: "source" }, view.profile.source(site)) : null,
  );
}

/** @param {Profile} profile */
function facts(profile) {
  const { data } = profile;
  /** @type {[string, string][]} */
  const list = [
    ["Program", data.program],
    ["Target", data.target],
    ["Build", data.build],
    [
      "Recorded",
      data.started_ms > 0
        ? `${new Date(data.started_ms).toISOString().slice(0, 19).replace("T", " ")} UTC by ${data.source}`
        : `by ${data.source}`,
    ],
    ["Duration", data.duration_ns > 0 ? timeText(data.duration_ns) : ""],
    ["Threads", data.threads.length > 0 ? countText(data.threads.length) : ""],
    ["Stacks", countText(profile.stacks - 1)],
    [
      "Detail",
      data.events
        ? "each allocation"
        : `summed by stack${profile.steps > 0 ? ` and ${countText(profile.steps)} steps of ${timeText(data.timeline?.step_ns ?? 0)}` : ""}`,
    ],
    ["Too many to keep all", data.whole ? "sizes are means; by time, rare stacks are summed with their callers" : ""],
  ];
  return el(
    "dl",
    { class: "facts" },
    ...list.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}
