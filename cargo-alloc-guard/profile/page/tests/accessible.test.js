// axe-core on every tab, in both themes, wide and narrow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.js";
import { build } from "./build.js";
import { report, sample } from "./sample.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser;
let server;

before(async () => {
  const data = sample({ count: 3000, warnings: ["sampled"] });
  server = await serve({ two: build(report(data, sample({ count: 3400, growth: 2, without: 6, title: "branch" }))) });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    test(`no violation, ${colorScheme}, ${viewport.width} wide`, async () => {
      const { page, close } = await open(browser, server.at("two"), { colorScheme, viewport, bypassCSP: true });
      await page.evaluate(axe);
      for (const address of [
        "tab=summary",
        "tab=flame&find=parse",
        "tab=flame&outline=1",
        "tab=allocations&thread=1",
        "tab=timeline&from=9&to=99",
        "tab=leaks",
        "tab=threads",
        "tab=phases",
        "tab=diff",
      ]) {
        await page.evaluate((to) => (location.hash = to), address);
        await page.waitForFunction((to) => app.state.tab === to, /tab=(\w+)/.exec(address)[1]);
        const found = await page.evaluate(() => window.axe.run());
        const words = found.violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
              .slice(0, 2)
              .join("; ")}`,
        );
        assert.deepEqual(words, [], address);
        assert.ok(
          await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
          `${address} is not wider than the window`,
        );
      }
      await close();
    });
  }
}
