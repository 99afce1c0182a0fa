// Puts a page together as `src/html` does in Rust, from the same files.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

export function script() {
  const names = read("scripts").trim().split("\n");
  return `"use strict";\n${names.map((name) => read(`src/${name}`)).join("\n")}`;
}

/** A page of a report, or of any other data in its place. */
export function build(report) {
  const json = typeof report === "string" ? report : JSON.stringify(report);
  return buildPacked(deflateRawSync(json).toString("base64"));
}

export function buildPacked(data) {
  const hash = (text) => createHash("sha256").update(text).digest("base64");
  const parts = {
    "SCRIPT-HASH": hash(script()),
    "STYLE-HASH": hash(read("style.css")),
    STYLE: read("style.css"),
    SCRIPT: script(),
    DATA: data,
  };
  return read("template.html").replace(/@(SCRIPT-HASH|STYLE-HASH|STYLE|SCRIPT|DATA)@/g, (_, name) => parts[name]);
}
