// Pages as Rust writes them, of files that ByteHound recorded: they open, and show what is known of those files.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.js";

const root = new URL("../../../../", import.meta.url).pathname;
const samples = "cargo-alloc-guard/profile/tests/bytehound";
const skip = spawnSync("cargo", ["--version"]).status === 0 ? false : "there is no cargo";
const truth = (name) => JSON.parse(readFileSync(`${root}${samples}/truth-${name}.json`, "utf8"));
let browser;
let server;

/** What a command writes as a page. */
function written(command, ...names) {
  const files = names.map((name) => `${samples}/${name}.dat`);
  const run = ["run", "--quiet", "--package", "cargo-alloc-guard", "--", "alloc-guard", command];
  const options = [...run, "--format", "html", "--output", "-", ...files];
  // A diff that finds something says so in its status.
  const { stdout, stderr } = spawnSync("cargo", options, { cwd: root, maxBuffer: 1 << 26 });
  assert.ok(stdout.length > 0, `${stderr}`);
  return stdout;
}

before(async () => {
  if (skip) return;
  server = await serve({
    base: written("report", "decoded-base"),
    diff: written("diff", "decoded-base", "decoded-regressed"),
  });
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
