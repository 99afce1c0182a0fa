// Takes the picture of a page that is in the guide: `node tests/picture.js PAGE.html OUT.png [#VIEW [HEIGHT]]`.
//
// With a profile of this project's own tests: run the test binary of `tests` with ALLOC_GUARD_PROFILE=FOLDER, and write its
// page with `cargo alloc-guard report --format html --output PAGE.html FOLDER`. The pictures of patterns are of recordings of
// docs/examples/patterns.rs, and went through `pngquant 256 --quality 98-100` and `optipng -o5`.
import { readFileSync } from "node:fs";
import { launch, open, serve } from "./browser.js";

const [file, out, view = "", height = "800"] = process.argv.slice(2);
if (!file || !out) throw new Error("wanted: PAGE.html OUT.png [#VIEW [HEIGHT]]");
const server = await serve({ page: readFileSync(file) });
const browser = await launch();
const { page, close } = await open(browser, server.at(`page${view}`), {
  viewport: { width: 1280, height: Number(height) },
});
await page.screenshot({ path: out });
await close();
await browser.close();
server.close();
