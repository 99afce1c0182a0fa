// Elements. Text from a profile only ever becomes a text node, so that no name can become markup.

/**
 * @typedef {Record<string, string | number | boolean | null | ((event: any) => void)>} Attributes
 * @typedef {Node | string | null | undefined} Child
 */

/**
 * An element: a function among the attributes listens, `true` is an empty attribute, `false` and `null` are none.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  dress(element, attributes, children);
  return element;
}

/**
 * The same in SVG.
 *
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Name]}
 */
function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  dress(element, attributes, children);
  return element;
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
function dress(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/**
 * A labelled choice.
 *
 * @param {string} label
 * @param {[string, string][]} options - value and text
 * @param {(value: string) => void} chosen
 */
function choice(label, options, chosen) {
  const select = el("select", { "aria-label": label, change: () => chosen(select.value) });
  fillChoice(select, options);
  return { element: el("label", { class: "choice" }, el("span", {}, label), select), select };
}

/**
 * @param {HTMLSelectElement} select
 * @param {[string, string][]} options
 */
function fillChoice(select, options) {
  select.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
}

/**
 * A labelled switch.
 *
 * @param {string} label
 * @param {(on: boolean) => void} changed
 */
function toggle(label, changed) {
  const box = el("input", { type: "checkbox", change: () => changed(box.checked) });
  return { element: el("label", { class: "toggle" }, box, el("span", {}, label)), box };
}

/**
 * A field to search in, which waits until the typing pauses.
 *
 * @param {string} label
 * @param {(text: string) => void} typed
 */
function searchField(label, typed) {
  let timer = 0;
  const now = () => {
    clearTimeout(timer);
    typed(input.value.trim());
  };
  const input = el("input", {
    type: "search",
    placeholder: label,
    "aria-label": label,
    spellcheck: "false",
    autocomplete: "off",
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(now, 150);
    },
    // Not `change`: it comes when the field is left, and would redraw under the pointer that leaves it.
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter") now();
    },
  });
  return input;
}

/**
 * Fills a text field; one that someone is typing in is only emptied.
 *
 * @param {HTMLInputElement} input
 * @param {string} text
 */
function fillField(input, text) {
  if (document.activeElement !== input || text === "") input.value = text;
}

/** Says something to screen readers. @param {string} text */
function announce(text) {
  byId("announcer").textContent = text;
}

/** A computed colour of the theme in force. @param {string} name */
function themeColour(name) {
  const probe = byId("probe");
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/**
 * Puts a text on the clipboard, also where the page may not use the modern way.
 *
 * @param {string} text
 */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
