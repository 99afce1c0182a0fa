// Takes pictures of the page into `tests/out`, to be looked at.
import { mkdirSync } from "node:fs";
import { build } from "./build.js";
import { launch, open, serve } from "./browser.js";
import { report, sample } from "./sample.js";

const out = new URL("out/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const one = report(sample({ count: 20_000, warnings: ["3 calls could not be recorded"] }));
const two = report(
  sample({ count: 3000, title: "main" }),
  sample({ count: 3600, seed: 1, growth: 1.6, without: 6, title: "branch" }),
);
const server = await serve({ one: build(one), two: build(two) });
const browser = await launch();
const only = process.argv.slice(2);
const take = async (name, address, options) => {
  if (only.length && !only.some((word) => name.includes(word))) return;
  const { page, seen, close } = await open(browser, server.at(address), options);
  await page.waitForTimeout(150);
  await page.screenshot({ path: `${out}${name}.png` });
  if (seen.errors.length) console.log(name, seen.errors);
  await close();
};
const wide = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
for (const theme of ["light", "dark"]) {
  for (const tab of ["summary", "flame", "allocations", "timeline", "leaks", "threads", "phases"]) {
    await take(`wide-${theme}-${tab}`, `one#tab=${tab}`, { ...wide, colorScheme: theme });
    await take(`phone-${theme}-${tab}`, `one#tab=${tab}`, { ...phone, colorScheme: theme });
  }
  await take(`wide-${theme}-diff`, "two", { ...wide, colorScheme: theme });
  await take(`phone-${theme}-diff`, "two", { ...phone, colorScheme: theme });
}
await browser.close();
server.close();
