"""`make bench`: run the figures, print one table, write build/bench.json.

Every figure is a function that measures itself and its peer in the same run and returns one line or more:
name, value, unit, peer, peer_value, ratio (value / peer_value), aim ("ratio >= 0.22"), note.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import gateway, ledger, search, search_quality, tables
from zampa.ground.errors import ZampaError

Line = dict[str, object]
FIGURES: dict[str, Callable[[], list[Line]]] = {
    "gateway_call_bare": gateway.gateway_call_bare,
    "gateway_call": gateway.gateway_call,
    "ledger_append": ledger.ledger_append,
    "ledger_verify": ledger.ledger_verify,
    "table_full": tables.table_full,
    "table_judged": tables.table_judged,
    "index_build": search.index_build,
    "search_http": search.search_http,
    "search_ndcg": search_quality.search_ndcg,
}
COLUMNS = ("name", "value", "unit", "peer", "peer_value", "ratio", "aim", "met")


def machine() -> str:
    """One line that tells what the figures were measured on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return (
        f"{os.cpu_count()} cores ({model[1] if model else 'unknown'}), "
        f"{int(memory[1]) // 2**20 if memory else 0} GiB, {platform.system()} {platform.release()}, "
        f"CPython {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    )


def met(line: Line) -> str:
    """Whether the aim is met: yes, no, or "-" where there is none or nothing was measured."""
    match = re.fullmatch(r"(ratio|value) (>=|<=) ([\d.,]+)", str(line.get("aim", "")))
    measured = line.get(match[1]) if match else None
    if not match or not isinstance(measured, int | float):
        return "-"
    bound = float(match[3].replace(",", ""))
    return "yes" if (measured >= bound if match[2] == ">=" else measured <= bound) else "no"


def shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "-")


def table(lines: list[Line]) -> str:
    rows = [list(COLUMNS), *[[shown(line.get(name)) for name in COLUMNS[:-1]] + [met(line)] for line in lines]]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def measure(names: list[str]) -> list[Line]:
    lines: list[Line] = []
    here = machine()
    for name in names:
        started = time.monotonic()
        try:
            found = FIGURES[name]()
        except ZampaError as error:
            found = [{"name": name, "value": None, "unit": "", "peer": "", "peer_value": None, "ratio": None,
                      "aim": "", "note": f"not measured: {error}"}]
        for line in found:
            line["machine"] = here
            print(f"{name}: {shown(line.get('value'))} {line.get('unit')} ({time.monotonic() - started:.0f} s) "
                  f"{line.get('note', '')}", file=sys.stderr)
        lines += found
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", default="", help="figures by name, with commas")
    parser.add_argument("--record", action="store_true", help="keep the file in docs/benchmarks")
    parser.add_argument("--scale", default="1", help="times the usual number of rows")
    given = parser.parse_args()
    names = [name for name in given.only.split(",") if name] or list(FIGURES)
    unknown = sorted(set(names) - set(FIGURES))
    if unknown:
        parser.error(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    os.environ["SCALE"] = given.scale
    lines = measure(names)
    path = Path("build/bench.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(lines, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{machine()}\n\n{table(lines)}")
    if given.record:
        kept = Path("docs/benchmarks") / f"{datetime.now(UTC):%Y-%m-%d}.json"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
