// Pages as Rust writes them, of files that ByteHound recorded: they open, and show what is known of those files.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.js";

const crate = new URL("../../", import.meta.url).pathname;
const skip = spawnSync("cargo", ["--version"]).status === 0 ? false : "there is no cargo";
const truth = (name) => JSON.parse(readFileSync(`${crate}tests/bytehound/truth-${name}.json`, "utf8"));
const file = (name) => `tests/bytehound/${name}.dat`;
let browser;
let server;

before(async () => {
  if (skip) return;
  const written = (...names) =>
    execFileSync("cargo", ["run", "--quiet", "--example", "report", "--", ...names.map(file)], {
      cwd: crate,
      maxBuffer: 1 << 26,
    });
  server = await serve({ base: written("decoded-base"), diff: written("decoded-base", "decoded-regressed") });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("a page that Rust wrote shows the file's totals in every tab", { skip }, async () => {
  const { page, seen, close } = await open(browser, server.at("base"));
  const totals = await page.evaluate(() => app.profile.data.totals);
  const known = truth("decoded-base").totals;
  assert.deepEqual(
    [totals.allocations, totals.bytes],
    [known.all_including_reallocs.count, known.all_including_reallocs.requested_bytes],
  );
  assert.deepEqual([totals.leaked, totals.leaked_bytes], [known.leaked.count, known.leaked.requested_bytes]);
  for (const name of ["Flame graph", "Allocations", "Timeline", "Leaks", "Threads", "Phases"]) {
    await page.getByRole("tab", { name, exact: true }).click();
    assert.equal(await page.evaluate(() => app.view.total[0]), totals.allocations);
  }
  assert.equal(await page.evaluate(() => app.mounted.get("flame").tree.value[0]), totals.bytes);
  assert.equal(await page.evaluate(() => app.view.total[metricIndex("peak_bytes")]), totals.peak_bytes);
  assert.deepEqual(seen.errors, []);
  await close();
});

test("a page that Rust wrote of two files shows what grew", { skip }, async () => {
  const { page, seen, close } = await open(browser, server.at("diff#metric=allocations"));
  assert.match(
    await page.locator(".panel-diff tbody tr:not(.gap)").first().innerText(),
    /describe_section[\s\S]*grown/,
  );
  assert.deepEqual(seen.errors, []);
  await close();
});
