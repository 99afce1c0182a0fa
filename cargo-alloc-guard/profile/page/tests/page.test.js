// The page in a real browser: each tab, each filter, each way to get about.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { launch, open, serve } from "./browser.js";
import { build, buildPacked, script } from "./build.js";
import { MARKUP, report, sample } from "./sample.js";

let browser;
let server;
const data = sample({ count: 4000, warnings: ["3 calls could not be recorded"] });
// Too many rows to have every stack in time: all of them are their callers'.
const folded = structuredClone(data);
folded.whole = { ...data.rows, step: data.rows.step.map(() => 0) };
folded.rows.stack = data.rows.stack.map((stack) => data.stacks.parent[stack]);
const changed = sample({ count: 4600, growth: 1.6, without: 6, title: "branch" });

before(async () => {
  const packed = deflateRawSync(JSON.stringify(report(data))).toString("base64");
  const wrong = structuredClone(data);
  wrong.rows.stack[5] = 1e6;
  server = await serve({
    one: build(report(data)),
    folded: build(report(folded)),
    two: build(report(data, changed)),
    dhat: build(report(sample({ count: 500, source: "DHAT" }))),
    many: build(report(sample({ count: 60_000 }))),
    none: build(report(sample({ count: 0 }))),
    truncated: buildPacked(packed.slice(0, packed.length / 2)),
    garbage: buildPacked("%%%%"),
    newer: build({ version: 2 }),
    wrong: build(report(wrong)),
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Runs a test on a page, and then holds it to having made no request and no error. */
function onPage(name, address, run, options) {
  test(name, async () => {
    const { page, seen, close } = await open(browser, server.at(address), options);
    await run(page);
    assert.deepEqual(seen.errors, []);
    const paths = new Set(seen.requests.map((request) => new URL(request).pathname));
    assert.deepEqual([...paths], [`/${address.split("#")[0]}`]);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    await close();
  });
}

const text = (page, selector) => page.locator(selector).first().innerText();
const tab = (page, name) => page.getByRole("tab", { name, exact: true }).click();
const hash = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const shown = (page) => page.evaluate(() => app.view.total[0]);
const sum = (values) => values.reduce((total, value) => total + value, 0);
const rowsWhere = (profile, passes, metric = "allocations") =>
  sum(profile.rows[metric].filter((_, row) => passes(row)));

onPage("the summary shows the totals, the verdicts, the warning and four lists", "one", async (page) => {
  assert.match(await text(page, ".figures"), /Allocations\s+4,000/);
  assert.match(await text(page, "#banner"), /3 calls could not be recorded/);
  assert.equal(await page.locator(".worst .card").count(), 4);
  assert.equal(await page.locator(".operations .mark[aria-label=failed]").count(), 1);
  assert.equal(await page.locator(".operations .mark[aria-label=passed]").count(), 1);
  assert.match(await text(page, ".operations li"), /digest_is_alloc_free/, "failures come first");
});

onPage("a line of the summary leads to its flame graph", "one", async (page) => {
  await page.locator(".worst .card").nth(2).locator("li button").first().click();
  assert.match(await hash(page), /tab=flame.*/);
  assert.match(await hash(page), /site=\d+/);
  assert.ok((await shown(page)) < 4000);
  assert.equal(await page.locator(".chip").count(), 1);
  await page.locator(".chip").click();
  assert.equal(await shown(page), 4000);
});

onPage("names that are markup are text, in every tab", "one", async (page) => {
  for (const name of ["Flame graph", "Allocations", "Leaks", "Threads", "Phases", "Summary"]) {
    await tab(page, name);
    assert.equal(await page.locator("main img, main script, main b:has-text('markup')").count(), 0);
  }
  await page.goto(server.at("one#tab=allocations&group=function&sort=what"));
  await page.reload();
  await page.locator("#filter-text").fill("onerror");
  await page.locator(".chip").waitFor();
  assert.match(await page.locator(".panel-allocations tbody").innerText(), /<img src=x onerror/);
});

test("the script of the page cannot end its own element", () => {
  assert.ok(!script().includes("</script"));
  assert.ok(MARKUP.includes("</script"));
});

test("nothing runs or loads that the page did not bring", async () => {
  const { page, seen, close } = await open(browser, server.at("one"));
  const refused = await page.evaluate(async () => {
    const inline = document.createElement("script");
    inline.textContent = "window.hacked = 2";
    document.body.append(inline);
    const asked = await fetch("/one").then(
      () => "answered",
      () => "refused",
    );
    return [window.hacked, asked];
  });
  assert.deepEqual(refused, [undefined, "refused"]);
  assert.equal(seen.errors.filter((error) => error.includes("Content Security Policy")).length, 3, `${seen.errors}`);
  await close();
});

onPage("the flame graph zooms by click, shows the path, and Escape leads back", "one#tab=flame", async (page) => {
  const canvas = page.locator(".panel-flame canvas");
  const box = await canvas.boundingBox();
  await canvas.click({ position: { x: box.width * 0.2, y: 50 } });
  assert.match(await hash(page), /zoom=/);
  assert.match(await text(page, ".crumbs"), /all › main|all › wsc::main/);
  assert.ok(await page.evaluate(() => app.mounted.get("flame").graph.zoomed > 0));
  await canvas.focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.doesNotMatch(await hash(page), /zoom=/);
});

onPage("the flame graph is walked with keys, and says where it is", "one#tab=flame", async (page) => {
  await page.locator(".panel-flame canvas").focus();
  await page.keyboard.press("ArrowDown");
  assert.match(await text(page, "#announcer"), /^wsc::main, .*100\.0 %|^wsc::main/);
  await page.keyboard.press("ArrowDown");
  const first = await text(page, "#announcer");
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await text(page, "#announcer"), first);
  await page.keyboard.press("Enter");
  assert.match(await hash(page), /zoom=/);
});

onPage("the widths of the flame graph add up to the metric that is chosen", "one#tab=flame", async (page) => {
  for (const metric of ["allocations", "bytes", "peak_bytes", "leaked_bytes", "temporary"]) {
    await page.getByLabel("Width").selectOption(metric);
    const root = await page.evaluate(() => app.mounted.get("flame").tree.value[0]);
    assert.equal(root, sum(data.rows[metric]), metric);
  }
});

onPage(
  "inverted, the flame graph begins with the innermost frames and keeps its sum",
  "one#tab=flame&labels=function",
  async (page) => {
    const tops = () =>
      page.evaluate(() => {
        const flame = app.mounted.get("flame");
        return flame.tree.children[0].map((node) => flame.name(node));
      });
    assert.ok((await tops()).includes("wsc::main"));
    await page.getByLabel("From").selectOption("up");
    assert.ok((await tops()).includes("wsc::leb128::read_u32"));
    assert.ok(!(await tops()).includes("wsc::main"));
    assert.equal(await page.evaluate(() => app.mounted.get("flame").tree.value[0]), data.totals.bytes);
  },
);

onPage("runtime frames are folded until the switch is flipped", "one#tab=flame&labels=function", async (page) => {
  const names = () =>
    page.evaluate(() => {
      const flame = app.mounted.get("flame");
      return flame.tree.frame.map((_, node) => flame.name(node));
    });
  assert.ok(!(await names()).some((name) => name.startsWith("std::") || name.startsWith("alloc_guard::")));
  await page.getByLabel("fold runtime frames").uncheck();
  assert.ok((await names()).includes("alloc_guard::alloc::Guard::alloc"));
  assert.match(await hash(page), /fold=0/);
});

onPage("the switch turns the icicle into a flame", "one#tab=flame", async (page) => {
  const top = () => page.evaluate(() => app.mounted.get("flame").graph.top(0));
  assert.equal(await top(), 0);
  await page.getByLabel("flame", { exact: true }).check();
  assert.ok((await top()) > 20, "the root is at the bottom");
});

onPage("a search marks frames and gives their share", "one#tab=flame", async (page) => {
  await page.getByLabel("Highlight").fill("leb128");
  await page.locator(".matched", { hasText: "matched" }).waitFor();
  const stacks = await page.evaluate(() => app.mounted.get("flame").graph.found.some(Boolean));
  assert.ok(stacks);
  assert.match(await text(page, ".matched"), /^(< )?[\d.]+ % matched$/);
  await page.getByLabel("Highlight").fill("no such name");
  await page.locator(".matched", { hasText: "no match" }).waitFor();
});

onPage("frames show the line of source if it is known", "one#tab=flame", async (page) => {
  const labels = await page.evaluate(() => {
    const flame = app.mounted.get("flame");
    return flame.tree.frame.map((_, node) => flame.label(node));
  });
  assert.ok(labels.includes("let module = Module::parse(&bytes)?;"));
  await page.getByLabel("Text", { exact: true }).selectOption("function");
  assert.equal(
    await page.evaluate(() => {
      const flame = app.mounted.get("flame");
      return flame.label(flame.tree.children[0][0]);
    }),
    "wsc::main",
  );
});

onPage("the pointer gets a tooltip with where, how much and which share", "one#tab=flame", async (page) => {
  await page.locator(".panel-flame canvas").hover({ position: { x: 100, y: 30 } });
  assert.match(
    await text(page, "#tooltip"),
    /wsc::main[\s\S]*src\/lib\.rs:\d+[\s\S]*MiB[\s\S]*100\.0 %|wsc::main[\s\S]*%/,
  );
});

onPage("the outline is a tree of text that is walked with keys", "one#tab=flame&outline=1", async (page) => {
  const items = page.getByRole("treeitem");
  const before = await items.count();
  assert.ok(before > 1);
  await items.first().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await items.first().getAttribute("aria-expanded"), "false");
  assert.equal(await items.count(), 1);
});

onPage("allocations are grouped, sorted, and open into whole stacks", "one#tab=allocations", async (page) => {
  const values = () =>
    page.evaluate(() =>
      app.mounted
        .get("allocations")
        .table.lines.filter((line) => line.depth === 0)
        .map((line) => line.values),
    );
  const bySite = await values();
  assert.equal(sum(bySite.map((line) => line[0])), 4000);
  assert.deepEqual(
    bySite.map((line) => line[1]),
    bySite.map((line) => line[1]).toSorted((a, b) => b - a),
  );
  await page.getByRole("button", { name: "Allocations", exact: true }).click();
  const byCount = await values();
  assert.deepEqual(
    byCount.map((line) => line[0]),
    byCount.map((line) => line[0]).toSorted((a, b) => b - a),
  );
  assert.equal(await page.locator("th[aria-sort=descending]").innerText(), "Allocations");
  await page.locator(".panel-allocations .opener").first().click();
  await page.locator(".panel-allocations .depth-1 .opener").first().click();
  assert.match(await page.locator(".panel-allocations tbody").innerText(), /Guard::alloc/);
  for (const [group, total] of [
    ["stack", 4000],
    ["class", 4000],
  ]) {
    await page.getByLabel("By", { exact: true }).selectOption(group);
    assert.equal(sum((await values()).map((line) => line[0])), total, group);
  }
  await page.getByLabel("By", { exact: true }).selectOption("function");
  assert.equal(
    await page.evaluate(
      () => app.mounted.get("allocations").table.lines.find((line) => line.title === "wsc::main").values[0],
    ),
    4000,
  );
  await page.getByLabel("By", { exact: true }).selectOption("event");
  assert.equal(await page.evaluate(() => app.mounted.get("allocations").table.lines.length), 4000);
});

onPage(
  "rows are walked with the arrow keys, and only those in sight are drawn",
  "one#tab=allocations&group=event&sort=time",
  async (page) => {
    const drawn = () => page.locator(".panel-allocations tbody tr:not(.gap)").count();
    assert.ok((await drawn()) < 80);
    await page.locator(".panel-allocations .opener").first().focus();
    for (let i = 0; i < 45; i++) await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.activeElement.closest("tr").getAttribute("aria-rowindex")), "47");
    await page.locator(".panel-allocations .table").evaluate((table) => (table.scrollTop = table.scrollHeight));
    await page.locator(".panel-allocations tr[aria-rowindex='4001']").waitFor();
    assert.ok((await drawn()) < 80);
  },
);

onPage(
  "a table is copied as Markdown",
  "one#tab=allocations",
  async (page) => {
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^\*\*Allocations\*\* – 4,000 allocations/);
    assert.match(copied, /\| Site \| Allocations \| Bytes ↓? ?\||\| Site \| Allocations \| Bytes \|/);
    assert.match(copied, /\| --- \| ---: \| ---: \|/);
  },
  { permissions: ["clipboard-read", "clipboard-write"] },
);

onPage("a drag over the timeline filters every tab, and a chip takes it away", "one#tab=timeline", async (page) => {
  const plot = await page.locator(".panel-timeline .brush").first().boundingBox();
  await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 40);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width * 0.4, plot.y + 40);
  await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 40);
  await page.mouse.up();
  const { from, to } = await page.evaluate(() => app.state);
  assert.ok(Math.abs(from - 128) <= 1 && Math.abs(to - 256) <= 1, `${from} to ${to}`);
  assert.equal(
    await shown(page),
    rowsWhere(data, (row) => data.rows.step[row] >= from && data.rows.step[row] <= to),
  );
  assert.match(await text(page, ".chip"), /^8\d\d ms – 1\.[67]\d* s ×$/);
  await tab(page, "Allocations");
  assert.equal(
    await page.evaluate(() =>
      app.mounted.get("allocations").table.lines.reduce((all, line) => all + line.values[0], 0),
    ),
    await shown(page),
  );
  await page.locator(".chip").click();
  assert.equal(await shown(page), 4000);
});

onPage("of too many rows, stacks are whole until a range of time is chosen", "folded", async (page) => {
  assert.match(await text(page, ".facts"), /by time, rare stacks are summed with their callers/);
  const ofStack = (rows, passes) => {
    const all = new Array(data.stacks.parent.length).fill(0);
    rows.allocations.forEach((count, row) => passes(row) && (all[rows.stack[row]] += count));
    return all;
  };
  const counted = () => page.evaluate(() => [...app.view.byStack].filter((_, index) => index % METRICS.length === 0));
  const steps = () => page.evaluate(() => [...app.view.byStep].filter((_, i) => i % METRICS.length === 0 && _).length);
  assert.deepEqual(
    await counted(),
    ofStack(data.rows, () => true),
  );
  assert.equal(await steps(), new Set(data.rows.step).size);
  await page.evaluate(() => app.set({ from: 100, to: 300 }));
  const within = (row) => data.rows.step[row] >= 100 && data.rows.step[row] <= 300;
  assert.deepEqual(await counted(), ofStack(folded.rows, within));
  assert.equal(await shown(page), rowsWhere(data, within));
});

onPage("the range of time is moved with keys", "one#tab=summary", async (page) => {
  await page.getByRole("slider", { name: "Start of the range" }).focus();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await page.evaluate(() => [app.state.from, app.state.to]), [65, 511]);
  await page.getByRole("slider", { name: "End of the range" }).focus();
  await page.keyboard.press("Shift+ArrowLeft");
  assert.deepEqual(await page.evaluate(() => [app.state.from, app.state.to]), [65, 495]);
  await page.keyboard.press("Escape");
  assert.deepEqual(await page.evaluate(() => [app.state.from, app.state.to]), [-1, -1]);
});

onPage(
  "a finger chooses a range on the small timeline",
  "one#tab=leaks",
  async (page) => {
    await page.locator("#spark .brush").evaluate((brush) => {
      const box = brush.getBoundingClientRect();
      brush.setPointerCapture = () => {};
      for (const [kind, share] of [
        ["pointerdown", 0.5],
        ["pointermove", 0.7],
        ["pointerup", 0.75],
      ]) {
        brush.dispatchEvent(
          new PointerEvent(kind, {
            pointerType: "touch",
            pointerId: 7,
            clientX: box.left + box.width * share,
            clientY: box.top + 5,
            bubbles: true,
          }),
        );
      }
    });
    assert.deepEqual(await page.evaluate(() => [app.state.from, app.state.to]), [256, 384]);
  },
  { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } },
);

onPage("filters compose", "one#tab=threads", async (page) => {
  await page.getByLabel("Thread", { exact: true }).selectOption("1");
  await page.getByLabel("Phase", { exact: true }).selectOption("2");
  await page.locator("#filter-text").fill("SECTION");
  await page.locator(".chip", { hasText: "SECTION" }).waitFor();
  const locked = new Set(data.contexts.phase.flatMap((phase, context) => (phase === 2 ? [context] : [])));
  const has = (stack) => {
    for (let node = stack; node > 0; node = data.stacks.parent[node]) {
      const frame = data.stacks.frame[node];
      const words = [data.frames.function[frame], data.frames.file[frame], data.frames.source[frame]].map(
        (index) => data.strings[index],
      );
      if (words.some((word) => word.toLowerCase().includes("section"))) return true;
    }
    return false;
  };
  const wanted = rowsWhere(
    data,
    (row) => data.rows.thread[row] === 1 && locked.has(data.rows.context[row]) && has(data.rows.stack[row]),
  );
  assert.ok(wanted > 0 && wanted < 4000);
  assert.equal(await shown(page), wanted);
  assert.equal(await page.locator(".chip").count(), 3);
  assert.match(await text(page, "#chips"), new RegExp(`${wanted} allocations of 4,000 shown`));
  await page.getByRole("button", { name: "clear all" }).click();
  assert.equal(await shown(page), 4000);
});

onPage(
  "a link leads to the same view, and Back to the one before",
  "one#tab=allocations&thread=2&group=stack",
  async (page) => {
    assert.equal(await page.getByRole("tab", { name: "Allocations" }).getAttribute("aria-selected"), "true");
    assert.equal(
      await shown(page),
      rowsWhere(data, (row) => data.rows.thread[row] === 2),
    );
    await tab(page, "Leaks");
    await page.goBack();
    assert.equal(await page.getByRole("tab", { name: "Allocations" }).getAttribute("aria-selected"), "true");
  },
);

onPage("who follows a line or takes a filter away with the keyboard goes on from the tab", "one", async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.locator(".worst li button").first().focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "tab-flame");
  await page.locator(".chip").focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "tab-flame");
  assert.equal(await shown(page), 4000);
});

onPage(
  "on paper a table has its rows, in dark ink",
  "one#tab=allocations&group=stack",
  async (page) => {
    const rows = () => page.locator(".panel-allocations tbody tr:not(.gap)").count();
    const before = await rows();
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.ok((await rows()) > before);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await rows(), before);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "auto");
  },
  { colorScheme: "dark" },
);

onPage(
  "an address with nonsense shows the first view",
  "one#tab=nowhere&thread=99&metric=evil&site=-5&from=7777&sort=%3Cb%3E",
  async (page) => {
    assert.equal(await page.getByRole("tab", { name: "Summary" }).getAttribute("aria-selected"), "true");
    assert.equal(await shown(page), 4000);
  },
);

onPage("leaks are what was live at the end", "one#tab=leaks", async (page) => {
  const blocks = await page.evaluate(() =>
    app.mounted.get("leaks").table.lines.reduce((all, line) => all + line.values[4], 0),
  );
  assert.equal(blocks, data.totals.leaked);
  assert.match(await text(page, ".panel-leaks .detail"), new RegExp(`^${data.totals.leaked} blocks of`));
});

onPage("threads add up, and a thread is chosen for every tab", "one#tab=threads", async (page) => {
  assert.match(await page.locator(".panel-threads tbody").innerText(), /main[\s\S]*<b>markup<\/b>|<b>markup<\/b>/);
  const row = page.locator(".panel-threads tr", { hasText: "worker-1" });
  await row.hover();
  await row.getByRole("button", { name: "filter" }).click();
  assert.equal(
    await shown(page),
    rowsWhere(data, (index) => data.rows.thread[index] === 1),
  );
});

onPage("set-up is taken out of every tab", "one#tab=phases", async (page) => {
  await page.getByLabel("without set-up (init").check();
  const setUp = new Set([1, 4]);
  assert.equal(
    await shown(page),
    rowsWhere(data, (row) => !setUp.has(data.contexts.phase[data.rows.context[row]])),
  );
  assert.doesNotMatch(await page.locator(".panel-phases tbody").innerText(), /\binit\b/);
  await tab(page, "Summary");
  assert.match(await text(page, ".figures"), /of 4,000/);
});

onPage("the diff shows what grew, shrank, came and went", "two", async (page) => {
  assert.equal(await page.getByRole("tab", { name: "Diff" }).getAttribute("aria-selected"), "true");
  const rows = await page.locator(".panel-diff tbody tr:not(.gap)").allInnerTexts();
  const line = (name) => rows.find((row) => row.includes(name)) ?? "";
  assert.match(line("Custom::read"), /▲[\s\S]*\+[\s\S]*grown/);
  assert.match(line("insert"), /✖[\s\S]*−[\s\S]*gone/);
  const [before, after] = await page.evaluate(() => app.mounted.get("diff").tree.sides.map((side) => side[0]));
  assert.deepEqual([before, after], [data.totals.bytes, changed.totals.bytes]);
});

onPage(
  "the differential flame graph is red where it grew and blue where it shrank",
  "two#metric=allocations",
  async (page) => {
    const colours = await page.evaluate(() => {
      const diff = app.mounted.get("diff");
      return Object.fromEntries(diff.tree.frame.map((_, node) => [diff.name(node), diff.colour(node)]));
    });
    assert.match(colours["wsc::module::section::Custom::read"], /^grown/);
    assert.match(colours["wsc::cache::Cache::insert::<alloc::vec::Vec<u8>>"], /^shrunk-3/);
    const pixel = await page.evaluate(() => {
      const { graph, tree } = app.mounted.get("diff");
      const node = tree.frame.findIndex(
        (_, index) =>
          app.mounted.get("diff").colour(index) === "shrunk-3" &&
          graph.extent(index).width * graph.canvas.clientWidth > 4,
      );
      const { left, width } = graph.extent(node);
      const ratio = devicePixelRatio;
      return [
        ...graph.canvas
          .getContext("2d")
          .getImageData(
            (left + width / 2) * graph.canvas.clientWidth * ratio,
            (graph.top(tree.depth[node]) + 2) * ratio,
            1,
            1,
          ).data,
      ];
    });
    assert.ok(pixel[2] > pixel[0], `${pixel} is blue`);
  },
);

onPage("a profile without differences says so", "two#metric=leaked&thread=3&phase=4", async (page) => {
  assert.match(await text(page, ".panel-diff .none"), /No differences/);
});

onPage("what DHAT does not know is said, not shown as nothing", "dhat", async (page) => {
  assert.equal(await page.locator("#spark").isVisible(), false);
  await tab(page, "Timeline");
  assert.match(await text(page, ".panel-timeline"), /DHAT profile does not say when/);
  await tab(page, "Threads");
  assert.match(await text(page, ".panel-threads"), /does not say which thread/);
  await tab(page, "Phases");
  assert.match(await text(page, ".panel-phases"), /no guarded operations/);
  await tab(page, "Summary");
  assert.match(await page.locator(".worst").innerText(), /does not tell/);
});

onPage("above the limit each allocation is not listed, and the page says so", "many", async (page) => {
  assert.match(await text(page, ".facts"), /summed by stack and 512 steps/);
  await tab(page, "Allocations");
  assert.equal(await page.locator("option[value=event]").count(), 0);
});

onPage("a profile without allocations has nothing to show, and no error", "none", async (page) => {
  for (const name of ["Flame graph", "Allocations", "Timeline", "Leaks", "Threads", "Phases", "Summary"])
    await tab(page, name);
  assert.match(await text(page, ".figures"), /Allocations\s+0/);
});

onPage(
  "light and dark are chosen, and the system's choice is followed",
  "one",
  async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await paper();
    await page.getByRole("button", { name: "Theme: auto" }).click();
    assert.notEqual(await paper(), dark);
    await page.getByRole("button", { name: "Theme: light" }).click();
    assert.equal(await paper(), dark);
    await page.reload();
    assert.equal(await paper(), dark, "it is remembered");
  },
  { colorScheme: "dark" },
);

for (const [name, words] of [
  ["truncated", /damaged/],
  ["garbage", /damaged/],
  ["newer", /version 2, and this page reads version 1/],
  ["wrong", /rows\.stack\[5\] is 1000000/],
]) {
  test(`data that are ${name} are told, with what to do`, async () => {
    const { page, close } = await open(browser, server.at(name));
    assert.match(await text(page, ".broken"), words);
    assert.match(await text(page, ".broken"), /cargo alloc-guard report --format html FILE/);
    assert.equal(await page.locator("#page").isVisible(), false);
    await close();
  });
}

test("without JavaScript the page says what it needs", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.at("one"));
  assert.match(await page.locator("body").innerText(), /needs JavaScript/);
  await context.close();
});
