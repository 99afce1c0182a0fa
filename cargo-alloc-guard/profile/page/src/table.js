// A table that draws only the rows in sight, whose rows open into more rows.

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {string} [help]
 * @property {boolean} [minor] - left out on narrow screens
 * @property {(line: Line) => Child} cell
 * @property {(line: Line) => number} [share] - from 0 to 1: a bar behind the number
 * @property {(line: Line) => string} [class]
 *
 * @typedef {object} Line
 * @property {string} id
 * @property {number} depth
 * @property {number[]} values
 * @property {(() => Child[])} label
 * @property {string} [title] - in full, where the label is cut off
 * @property {() => Line[]} [children]
 * @property {{ name: string, title: string, run: () => void }[]} [actions]
 */

const LINE = 28;
const PRINTED = 200;
/** Browsers give up on elements that are higher than this; from here on a pixel of the scroll bar is more than one. */
const HIGHEST = 12_000_000;

class Table {
  /** @param {string} name @param {(key: string) => void} sort */
  constructor(name, sort) {
    this.sort = sort;
    /** @type {Line[]} */
    this.lines = [];
    /** @type {Column[]} */
    this.columns = [];
    /** @type {Set<string>} */
    this.opened = new Set();
    this.head = el("tr", { "aria-rowindex": 1 });
    this.body = el("tbody");
    this.note = el("p", { class: "none" });
    this.table = el("table", { "aria-label": name }, el("thead", {}, this.head), this.body);
    this.element = el(
      "div",
      { class: "table", tabindex: 0, role: "region", "aria-label": `${name}, scrolls`, scroll: () => this.draw() },
      this.table,
      this.note,
    );
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.first = -1;
    new ResizeObserver(() => this.redraw()).observe(this.element);
  }

  /**
   * @param {Column[]} columns
   * @param {Line[]} lines
   * @param {string} sort
   * @param {string} empty - said where there are no lines
   */
  show(columns, lines, sort, empty) {
    this.columns = columns;
    this.note.textContent = empty;
    this.note.hidden = lines.length > 0;
    this.table.hidden = lines.length === 0;
    this.head.replaceChildren(...columns.map((column, index) => this.heading(column, index, sort)));
    this.roots = lines;
    this.spread();
  }

  /** @param {Column} column @param {number} index @param {string} sort */
  heading(column, index, sort) {
    const order = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : "none";
    const button = el(
      "button",
      {
        type: "button",
        title: column.help ?? null,
        click: () => this.sort(order === "descending" ? column.key : `-${column.key}`),
      },
      column.title,
    );
    return el("th", { scope: "col", "aria-sort": order, class: cellClass(column, index) }, button);
  }

  /** Lines and what is opened of them, in one list. */
  spread() {
    /** @type {Line[]} */
    const lines = [];
    const open = (/** @type {Line[]} */ from) => {
      for (const line of from) {
        lines.push(line);
        if (line.children && this.opened.has(line.id)) open(line.children());
      }
    };
    open(this.roots ?? []);
    this.lines = lines;
    this.table.setAttribute("aria-rowcount", String(lines.length + 1));
    this.redraw();
  }

  redraw() {
    this.first = -1;
    this.draw();
  }

  draw() {
    const printing = document.documentElement.classList.contains("printing");
    const room = printing ? PRINTED * LINE : this.element.clientHeight || 600;
    const height = Math.min(this.lines.length * LINE, HIGHEST);
    const scrollable = Math.max(1, height - room + LINE);
    const share = Math.min(1, this.element.scrollTop / scrollable);
    const shown = Math.ceil(room / LINE) + 8;
    const last = Math.max(0, this.lines.length - shown + 7);
    const exact = height < HIGHEST ? this.element.scrollTop / LINE : share * last;
    const first = Math.max(0, Math.min(Math.floor(exact) - 3, last));
    if (first === this.first) return;
    this.first = first;
    const top = height < HIGHEST ? first * LINE : Math.max(0, this.element.scrollTop - 3 * LINE);
    const rows = this.lines.slice(first, first + shown).map((line, i) => this.row(line, first + i));
    const focused = this.body.contains(document.activeElement)
      ? document.activeElement?.closest("tr")?.getAttribute("aria-rowindex")
      : null;
    const scrolled = this.element.scrollTop;
    this.body.replaceChildren(gap(top), ...rows, gap(height - top - rows.length * LINE));
    if (!focused) return;
    // Taking a focused row away lays out what is left in that moment, and so moves the table.
    this.element.scrollTop = scrolled;
    // The focus stays on its row; if that is scrolled out of sight, on the table.
    (this.opener(Number(focused)) ?? this.element).focus({ preventScroll: true });
  }

  /** @param {Line} line @param {number} index */
  row(line, index) {
    const open = this.opened.has(line.id);
    const cells = this.columns.map((column, place) => {
      const content = place === 0 ? this.label(line, open) : column.cell(line);
      const share = column.share?.(line) ?? 0;
      const cell = el(place === 0 ? "th" : "td", {
        class: `${cellClass(column, place)} ${column.class?.(line) ?? ""}`,
        scope: place === 0 ? "row" : null,
      });
      if (share > 0) {
        const bar = el("span", { class: "bar", "aria-hidden": "true" });
        bar.style.width = `${Math.min(100, 100 * share).toFixed(1)}%`;
        cell.append(bar);
      }
      if (content !== null && content !== undefined) cell.append(content);
      return cell;
    });
    return el("tr", { "aria-rowindex": index + 2, class: `depth-${line.depth}` }, ...cells);
  }

  /** @param {Line} line @param {boolean} open */
  label(line, open) {
    const text = line.label().filter((child) => child !== null && child !== undefined);
    const name = line.children
      ? el(
          "button",
          { type: "button", class: "opener", "aria-expanded": String(open), click: () => this.flip(line) },
          el("span", { class: "arrow", "aria-hidden": "true" }),
          ...text,
        )
      : el("span", { class: "leaf" }, ...text);
    if (line.title) name.title = line.title;
    const actions = (line.actions ?? []).map((action) =>
      el("button", { type: "button", class: "action", title: action.title, click: () => action.run() }, action.name),
    );
    return el("div", { class: "label" }, name, ...actions);
  }

  /** @param {Line} line */
  flip(line) {
    if (!this.opened.delete(line.id)) this.opened.add(line.id);
    this.spread();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const row = event.target instanceof Element ? event.target.closest("tbody tr") : null;
    if (!row) return;
    event.preventDefault();
    this.focusRow(Number(row.getAttribute("aria-rowindex")) - 2 + (event.key === "ArrowDown" ? 1 : -1));
  }

  /** Puts the focus on the opener of a row, which may have to be scrolled to. @param {number} index */
  focusRow(index) {
    if (index < 0 || index >= this.lines.length) return;
    const room = this.element.clientHeight - 3 * LINE;
    if (this.lines.length * LINE < HIGHEST) {
      const top = index * LINE;
      if (top < this.element.scrollTop) this.element.scrollTop = top;
      else if (top > this.element.scrollTop + room) this.element.scrollTop = top - room;
      this.draw();
    }
    this.opener(index + 2)?.focus({ preventScroll: true });
  }

  /** The first button of a row that is drawn. @param {number} rowIndex */
  opener(rowIndex) {
    const button = this.body.querySelector(`tr[aria-rowindex="${rowIndex}"] button`);
    return button instanceof HTMLElement ? button : null;
  }

  /** The first rows in Markdown, for a pull request. @param {string} heading */
  markdown(heading) {
    const shown = this.lines.filter((line) => line.depth === 0).slice(0, 30);
    const escape = (/** @type {string} */ text) =>
      text
        .replace(/[\\`|<>*_[\]]/g, "\\$&")
        .replace(/\s+/g, " ")
        .trim();
    /** @param {Line} line */
    const row = (line) =>
      `| ${this.columns.map((column, index) => (index === 0 ? escape(line.title ?? textOf(line.label())) : escape(textOf([column.cell(line)])))).join(" | ")} |`;
    const rest = (this.roots?.length ?? 0) - shown.length;
    return [
      heading,
      "",
      `| ${this.columns.map((column) => column.title).join(" | ")} |`,
      `| ${this.columns.map((_, index) => (index === 0 ? "---" : "---:")).join(" | ")} |`,
      ...shown.map(row),
      ...(rest > 0 ? ["", `and ${countText(rest)} more`] : []),
      "",
    ].join("\n");
  }
}

/** @param {Child[]} children */
function textOf(children) {
  return children.map((child) => (typeof child === "string" ? child : (child?.textContent ?? ""))).join(" ");
}

/** @param {number} height */
function gap(height) {
  const cell = el("td");
  const row = el("tr", { class: "gap", "aria-hidden": "true" }, cell);
  cell.style.height = `${Math.max(0, height)}px`;
  return row;
}

/** @param {Column} column @param {number} index */
function cellClass(column, index) {
  return `${index === 0 ? "what" : "number"} ${column.minor ? "minor" : ""}`;
}
