// A browser for the tests: Debian's chromium, or what CHROMIUM names.
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const PATHS = [process.env.CHROMIUM, "/usr/bin/chromium"].filter(Boolean);

export async function launch() {
  return chromium.launch({
    executablePath: PATHS[0],
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Serves pages by name on the loopback, so that each has an origin and its requests can be seen. */
export async function serve(pages) {
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url, "http://x").pathname.slice(1)];
    response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(page ?? "");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { at: (name) => `http://127.0.0.1:${server.address().port}/${name}`, close: () => server.close() };
}

/** A new tab on a page; what it asked for and what went wrong in it is written down. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const seen = { requests: [], errors: [] };
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url())) seen.requests.push(request.url());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });
  await page.goto(address);
  await page.locator("#page:not([hidden]), .broken").first().waitFor();
  return { page, seen, close: () => context.close() };
}
