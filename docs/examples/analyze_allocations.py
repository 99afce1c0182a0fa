#!/usr/bin/env python3
"""Sums up what `cargo alloc-guard export` writes: who allocated the most, leaked, or allocated for nothing, and when.

    cargo alloc-guard export > allocations.json
    python3 analyze_allocations.py allocations.json

The fields of the document are described in docs/profiles.md. It is read piece by piece, so that its size does not matter;
`-` is standard input. Only Python's standard library is needed, of version 3.8 or newer.
"""

import argparse
import json
import sys

VERSION = 1
CHUNK = 1 << 20
# An entry of the document is a few hundred bytes. What is this long is no such document.
LONGEST = 64 << 20

PHASES = ("outside", "init", "locked", "after", "warm_up")
METRICS = {
    "bytes": "bytes asked for",
    "allocations": "allocations",
    "leaked": "bytes live at the end",
    "temporary": "allocations freed before their thread's next one",
}


class Bad(Exception):
    """The input is not what it has to be."""


class Document:
    """The members of one JSON object, read as they come: a list entry by entry, anything else at once."""

    def __init__(self, file):
        self.file = file
        self.text = ""
        self.at = 0
        self.decode = json.JSONDecoder().raw_decode

    def more(self):
        """Reads on; False at the end."""
        piece = self.file.read(CHUNK)
        self.text = self.text[self.at :] + piece
        self.at = 0
        return bool(piece)

    def peek(self):
        """The next character that is not a space, or nothing at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, characters):
        found = self.peek()
        if not found:
            raise Bad("it ends in the middle: was it cut off?")
        if found not in characters:
            raise Bad(f"it is not JSON: `{found}` where `{characters[0]}` is due")
        self.at += 1
        return found

    def value(self):
        self.peek()
        while True:
            try:
                value, end = self.decode(self.text, self.at)
                # A number at the very end may go on.
                if end < len(self.text) or not self.more():
                    if end < len(self.text):
                        self.at = end
                    else:
                        self.at = len(self.text)
                    return value
            except json.JSONDecodeError as error:
                if len(self.text) - self.at > LONGEST:
                    raise Bad("it is not JSON, or no export of a profile") from error
                if not self.more():
                    raise Bad("it is not JSON, or cut off") from error

    def entries(self):
        self.take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def members(self):
        """Each name, and its value: of a list, its entries, which have to be used up."""
        self.take("{")
        if self.peek() == "}":
            return
        while True:
            name = self.value()
            self.take(":")
            yield name, self.entries() if self.peek() == "[" else self.value()
            if self.take(",}") == "}":
                return


class Sums:
    """What is known of one site, thread, operation or phase."""

    def __init__(self):
        self.allocations = self.bytes = self.blocks_leaked = self.leaked = self.temporary = 0

    def of(self, metric):
        return getattr(self, metric)


class Profile:
    """What is kept of a document: names and sums, and not its allocations."""

    def __init__(self, options):
        self.options = options
        self.head = {}
        self.lists = {"operations": [], "threads": [], "frames": [], "stacks": []}
        self.has_allocations = False
        self.sums = {}
        self.steps = []
        # Of each thread, its last allocation: the place, when it ended, what it is summed up under, and its weight.
        self.last = {}
        self.temporary = 0

    def read(self, file):
        for name, value in Document(file).members():
            if name in self.lists:
                if not hasattr(value, "__next__"):
                    raise Bad(f"its {name} are no list")
                self.lists[name] = list(value)
            elif name == "allocations" and hasattr(value, "__next__"):
                self.check()
                if not self.lists["stacks"]:
                    raise Bad("its allocations come before what they name: keep the order that `export` writes")
                self.has_allocations = True
                self.steps = [[0, 0, 0] for _ in range(self.options.steps)]
                for place, allocation in enumerate(value):
                    self.add(place, allocation)
                for _, end, key, weight in self.last.values():
                    self.ended(end, None, key, weight)
            else:
                self.head[name] = list(value) if hasattr(value, "__next__") else value
        self.check()

    def check(self):
        version = self.head.get("version")
        if not isinstance(version, int) or not isinstance(self.head.get("totals"), dict):
            raise Bad("it is no export of a profile: `cargo alloc-guard export` writes one")
        if version > VERSION:
            raise Bad(f"it is of version {version}, and this reads version {VERSION}")

    def name(self, kind, place):
        if place is None:
            return None
        entry = self.lists[kind][place]
        return (entry["name"] or f"thread {entry['id']}") if kind == "threads" else entry

    def site(self, stack):
        """`function file:line` of the innermost frame of the user's, else of who called the allocator."""
        stack = self.lists["stacks"][stack]
        place = stack["site"]
        if place is None:
            place = next(iter(stack["frames"]), None)
        if place is None:
            return "without a stack"
        frame = self.lists["frames"][place]
        function = frame["function"] or f"unknown in {frame['module']}"
        file = "/".join(frame["file"].split("/")[-3:])
        return f"{function}  {file}:{frame['line']}" if file else function

    def key(self, allocation):
        by = self.options.by
        if by == "site":
            return self.site(allocation["stack"])
        if by == "thread":
            return self.name("threads", allocation["thread"])
        if by == "phase":
            return allocation["phase"]
        return self.name("operations", allocation["operation"]) or "outside of guarded tests"

    def is_wanted(self, allocation):
        options = self.options
        for wanted, kind, field in (
            (options.thread, "threads", "thread"),
            (options.operation, "operations", "operation"),
        ):
            if wanted and wanted not in (self.name(kind, allocation[field]) or ""):
                return False
        return options.phase is None or allocation["phase"] == options.phase

    def add(self, place, allocation):
        thread, began = allocation["thread"], allocation["time_ns"]
        if thread in self.last:
            last, end, key, weight = self.last[thread]
            taken = allocation["predecessor"] == last
            self.ended(None if taken else end, began, key, weight)
        wanted = self.is_wanted(allocation)
        key = self.key(allocation) if wanted else None
        weight = allocation["weight"]
        self.last[thread] = (place, allocation["end_ns"], key, weight)
        if not wanted:
            return
        size = allocation["size"] * weight
        sums = self.sums.setdefault(key, Sums())
        sums.allocations += weight
        sums.bytes += size
        if allocation["end_ns"] is None:
            sums.leaked += size
            sums.blocks_leaked += weight
        self.step(began, weight, size, size)
        if allocation["end_ns"] is not None:
            self.step(allocation["end_ns"], 0, 0, -size)

    def ended(self, end, next_began, key, weight):
        """A thread's last allocation is temporary if it was freed before the next one."""
        if end is not None and (next_began is None or end <= next_began):
            self.temporary += weight
            if key is not None:
                self.sums[key].temporary += weight

    def coarse(self):
        """Says where times are too coarse to tell what came first, so that the profile itself counts otherwise."""
        exact = self.head["totals"]["temporary"]
        if not self.has_allocations or exact is None or exact == self.temporary:
            return ""
        return f" (about: of the whole the times make {self.temporary}, and it is {exact})"

    def step(self, time, allocations, asked, live):
        if self.steps:
            of = time * len(self.steps) // max(self.head["duration_ns"], 1)
            step = self.steps[min(of, len(self.steps) - 1)]
            step[0] += allocations
            step[1] += asked
            step[2] += live

    def sum_stacks(self):
        """Of a profile that has sums and no allocations."""
        for place, stack in enumerate(self.lists["stacks"]):
            sums = self.sums.setdefault(self.site(place), Sums())
            sums.allocations += stack["allocations"]
            sums.bytes += stack["bytes"]
            sums.leaked += stack["leaked_bytes"]
            sums.blocks_leaked += stack["leaked_blocks"]
            sums.temporary += stack["temporary"] or 0


def size(number):
    """Bytes as the reports write them."""
    if abs(number) < 1024:
        return f"{number} B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        number /= 1024
        if abs(number) < 1024 or unit == "TiB":
            return f"{number:.1f} {unit}"


def columns(heads, rows, out):
    """Rows of texts below their heads, the last column to the left."""
    widths = [max(map(len, cells)) for cells in zip(heads[:-1], *(row[:-1] for row in rows))]
    for row in [heads, *rows]:
        cells = [cell.rjust(width) for cell, width in zip(row, widths)]
        print("  ".join([*cells, row[-1]]).rstrip(), file=out)


def table(profile, metric, by, top, out):
    rows = sorted(profile.sums.items(), key=lambda row: (-row[1].of(metric), row[0]))
    rows = [row for row in rows if row[1].of(metric) > 0]
    total = sum(sums.of(metric) for _, sums in rows)
    head, other, shown, beside = {
        "bytes": ("bytes", "allocations", size, lambda sums: sums.allocations),
        "allocations": ("allocations", "bytes", str, lambda sums: size(sums.bytes)),
        "leaked": ("leaked", "blocks", size, lambda sums: sums.blocks_leaked),
        "temporary": ("temporary", "of allocations", str, lambda sums: sums.allocations),
    }[metric]
    about = profile.coarse() if metric == "temporary" else ""
    print(f"\n{METRICS[metric].capitalize()}: {shown(total)}{about}", file=out)
    cells = [
        (shown(sums.of(metric)), str(beside(sums)), f"{100 * sums.of(metric) // total} %", key) for key, sums in rows[:top]
    ]
    columns((head, other, "share", by), cells, out)
    if len(rows) > top:
        print(f"and {len(rows) - top} more", file=out)


def over_time(profile, out):
    """Live bytes at the end of each step, and what was asked for in it."""
    duration = profile.head["duration_ns"]
    live, rows = 0, []
    for step, (allocations, asked, change) in enumerate(profile.steps, 1):
        live += change
        milliseconds = duration * step / len(profile.steps) / 1e6
        rows.append((f"{milliseconds:.1f} ms", f"{allocations}", size(asked), size(live), live))
    most = max((row[4] for row in rows), default=0)
    bars = [(*row[:4], "█" * (40 * row[4] // most) if most > 0 else "") for row in rows]
    print("\nOver time", file=out)
    columns(("until", "allocations", "asked for", "live", ""), bars, out)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n", 1)[0],
        epilog="""examples:
  %(prog)s allocations.json
  %(prog)s allocations.json --by operation --phase locked
  %(prog)s allocations.json --by thread --metric temporary
  %(prog)s allocations.json --operation parse --over-time
  cargo alloc-guard export app.dat | %(prog)s - --metric leaked""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", help="what `cargo alloc-guard export` wrote; `-` is standard input")
    parser.add_argument("--by", choices=("site", "thread", "operation", "phase"), default="site", help="what is listed (default: site)")
    parser.add_argument("--metric", choices=METRICS, action="append", help="by what it is ranked, several times if need be (default: each)")
    parser.add_argument("--top", type=int, default=10, metavar="N", help="how many rows (default: 10)")
    parser.add_argument("--thread", metavar="NAME", help="only threads with this in their name")
    parser.add_argument("--operation", metavar="NAME", help="only guarded tests with this in their name")
    parser.add_argument("--phase", choices=PHASES, help="only this phase of guarded tests")
    parser.add_argument("--over-time", action="store_true", help="what was live and asked for, step by step")
    parser.add_argument("--steps", type=int, default=20, metavar="N", help="how many steps of time (default: 20)")
    options = parser.parse_args()
    if options.top < 1 or not 1 <= options.steps <= 100_000:
        parser.error("--top and --steps are at least 1, and --steps at most 100000")
    return options


def run(options, out):
    profile = Profile(options)
    if options.file == "-":
        profile.read(sys.stdin)
    else:
        with open(options.file, encoding="utf-8") as file:
            profile.read(file)
    if not profile.has_allocations:
        if options.by != "site" or options.thread or options.operation or options.phase or options.over_time:
            raise Bad("it has sums of stacks only, as DHAT's profiles do: neither threads, operations nor times")
        profile.sum_stacks()
    totals = profile.head["totals"]
    program = ", ".join(path.replace("\\", "/").rsplit("/", 1)[-1] for path in profile.head["program"].split(", "))
    print(f"{program or 'a program'}, recorded by {profile.head['origin']}", file=out)
    for warning in profile.head["warnings"]:
        print(f"warning: {warning}", file=out)
    peak, leaked = size(totals["peak_bytes"]), size(totals["leaked_bytes"])
    print(f"{totals['allocations']} allocations, {size(totals['bytes'])}; peak {peak}; leaked {leaked}", file=out)
    if not profile.sums:
        print("\nnothing that was asked about was allocated", file=out)
        return
    for metric in options.metric or METRICS:
        if any(sums.of(metric) for sums in profile.sums.values()):
            table(profile, metric, options.by, options.top, out)
    if options.over_time:
        over_time(profile, out)


def main():
    options = arguments()
    try:
        run(options, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough. Nothing more can be written, not even at the end.
        sys.stdout = None
        sys.stderr.close()
    except (OSError, UnicodeDecodeError, Bad) as error:
        sys.exit(f"error: {options.file}: {getattr(error, 'strerror', None) or error}")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        sys.exit(f"error: {options.file}: it is no export of a profile, or damaged: {type(error).__name__}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
