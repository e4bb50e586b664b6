"""`python -m bench [--only prefix] [--scale 1.0] [--out var/bench.json] [--strict]`: run, print, keep."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from bench.registry import Row, load_families, run

WIDTHS = (30, 12, 10, 9, 4)


def line(row: Row) -> str:
    """One row of the printed table."""
    value = "-" if row.value is None else f"{row.value:,.3g}" if abs(row.value) < 1000 else f"{row.value:,.0f}"
    cells = (row.name, value, row.unit, row.bound or "", "yes" if row.ok else "NO")
    text = "  ".join(
        cell.rjust(width) if n == 1 else cell.ljust(width)
        for n, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    )
    return f"{text}  {row.against}" + (f"  [{row.reason}]" if row.reason else "")


def main(arguments: list[str]) -> int:
    """Returns 2 if the prefix selects nothing, 1 under --strict if a bound was missed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks as ratios within one run.")
    parser.add_argument("--only", default="", metavar="PREFIX", help="run the rows whose names begin with it")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the work; bounds are meant for 1.0")
    parser.add_argument("--out", type=Path, default=Path("var/bench.json"), help="where the rows are kept as JSON")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bound was missed")
    chosen = parser.parse_args(arguments)
    load_families()
    heads = ("name", "value", "unit", "bound", "ok")
    print(
        "  ".join(
            head.rjust(w) if n == 1 else head.ljust(w) for n, (head, w) in enumerate(zip(heads, WIDTHS, strict=True))
        ),
        " against",
    )
    started = time.perf_counter()
    rows = run(chosen.only, scale=chosen.scale, told=lambda row: print(line(row), flush=True))
    if not rows:
        print(f"no benchmark begins with {chosen.only!r}", file=sys.stderr)
        return 2
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(
        json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    missed = [row.name for row in rows if not row.ok]
    print(
        f"{len(rows)} rows in {time.perf_counter() - started:.0f} s, kept in {chosen.out}; missed: {', '.join(missed) or 'none'}"
    )
    return 1 if chosen.strict and missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
