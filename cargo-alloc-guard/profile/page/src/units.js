// How numbers are written: as in the terminal.

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/**
 * A size: `128 B`, `3.1 KiB`.
 *
 * @param {number} size
 */
function bytesText(size) {
  let value = Math.abs(size);
  const sign = size < 0 ? "−" : "";
  if (value < 1024) return `${sign}${Math.round(value)} B`;
  let unit = "B";
  for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
    // As soon as it would print as 1024.0.
    if (value < 1023.95) break;
    value /= 1024;
    unit = next;
  }
  return `${sign}${value.toFixed(1)} ${unit}`;
}

/** @param {number} number */
function countText(number) {
  return grouped.format(number).replace("-", "−");
}

/**
 * A number of things: `1 allocation`, `2 allocations`.
 *
 * @param {number} number
 * @param {string} thing
 */
function thingsText(number, thing) {
  return `${countText(number)} ${thing}${number === 1 ? "" : thing.endsWith("s") ? "es" : "s"}`;
}

/**
 * A stretch of time: `12 µs`, `340 ms`, `1.25 s`, `2 min 5 s`.
 *
 * @param {number} nanoseconds
 */
function timeText(nanoseconds) {
  if (nanoseconds === 0) return "0 s";
  if (nanoseconds < 1e3) return `${Math.round(nanoseconds)} ns`;
  if (nanoseconds < 1e6) return `${short(nanoseconds / 1e3)} µs`;
  if (nanoseconds < 1e9) return `${short(nanoseconds / 1e6)} ms`;
  if (nanoseconds < 60e9) return `${short(nanoseconds / 1e9)} s`;
  const seconds = Math.round(nanoseconds / 1e9);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** @param {number} value */
function short(value) {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, "");
}

/**
 * A share: `42.0 %`, `< 0.1 %`.
 *
 * @param {number} part
 * @param {number} whole
 */
function shareText(part, whole) {
  if (whole === 0) return "–";
  const share = (100 * part) / whole;
  if (share > 0 && share < 0.1) return "< 0.1 %";
  return `${share.toFixed(1)} %`;
}

/**
 * A difference with its sign: `+3.1 KiB`, `−2`, `±0`.
 *
 * @param {number} difference
 * @param {(value: number) => string} text
 */
function changeText(difference, text) {
  if (difference === 0) return "±0";
  return difference > 0 ? `+${text(difference)}` : text(difference);
}

/**
 * A size class: `33–64 B`.
 *
 * @param {number} sizeClass
 */
function classText(sizeClass) {
  if (sizeClass === 0) return "0 B";
  if (sizeClass === 1) return "1 B";
  const least = 2 ** (sizeClass - 1);
  if (sizeClass < 11) return `${least}–${2 * least - 1} B`;
  return `${bytesText(least)} – ${bytesText(2 * least)}`.replace(/\.0 /g, " ");
}

/**
 * Round values from 0 to at least `highest`, for an axis.
 *
 * @param {number} highest
 * @param {number} wanted - about how many
 * @param {number} base - 2 for bytes, 10 otherwise
 */
function ticks(highest, wanted, base) {
  if (highest <= 0) return [0];
  const raw = highest / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const round = [1, 2, 5, 10].map((factor) => factor * power);
  const step = base === 2 ? 2 ** Math.ceil(Math.log2(raw)) : (round.find((size) => size >= raw) ?? raw);
  const found = [];
  for (let value = 0; value <= highest; value += step) found.push(value);
  return found;
}
