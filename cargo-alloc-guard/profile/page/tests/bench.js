// How long a page of a million allocations takes to open, filter and scroll. Prints; asserts nothing.
import { launch, open, serve } from "./browser.js";
import { build } from "./build.js";
import { report, sample } from "./sample.js";

const browser = await launch();
for (const [count, spread] of [
  [1000, 3],
  [1_000_000, 12],
]) {
  const data = sample({ count, spread });
  const html = build(report(data));
  const server = await serve({ page: html });
  const start = performance.now();
  const { page, close } = await open(browser, server.at("page"));
  const opened = performance.now() - start;
  const inPage = await page.evaluate(async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    const times = {};
    const measure = async (name, act) => {
      const begin = performance.now();
      await act();
      await frame();
      times[name] = Math.round(performance.now() - begin);
    };
    await measure("flame graph", () => app.set({ tab: "flame" }));
    await measure("inverted", () => app.set({ direction: "up" }));
    await measure("all frames", () => app.set({ direction: "down", fold: false }));
    await measure("range of time", () => app.set({ from: 100, to: 300 }));
    await measure("table of stacks", () => app.set({ tab: "allocations", group: "stack", from: -1, to: -1 }));
    await measure("table of functions", () => app.set({ group: "function" }));
    await measure("40 screens of scrolling", async () => {
      app.set({ group: "stack" });
      const { element } = app.mounted.get("allocations").table;
      for (let i = 1; i <= 40; i++) {
        element.scrollTop = (element.scrollHeight * i) / 40;
        await frame();
      }
    });
    return times;
  });
  console.log(
    `${count} allocations, ${data.rows.stack.length} rows, ${data.stacks.parent.length} stacks, page of ${(html.length / 1e6).toFixed(2)} MB`,
  );
  console.log(`  open: ${Math.round(opened)} ms`, inPage);
  await close();
  server.close();
}
console.log(`page without data: ${(build("").length / 1e3).toFixed(1)} kB`);
await browser.close();
