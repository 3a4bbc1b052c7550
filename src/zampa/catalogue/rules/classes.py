"""A classification's file: every row that is wrong is named; who may keep classifications."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec

from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.ground.errors import Fault, NotValid

COLUMNS = ("code", "name", "parent", "depth")
MOST_FAULTS = 100
LARGEST = 200_000  # nodes


class ClassRow(msgspec.Struct, frozen=True, kw_only=True):
    """One node of a file; `lineage`: codes from the root to itself."""

    code: str
    name: str
    parent: str
    depth: int
    lineage: tuple[str, ...]


def may_keep_classes(actor: Actor) -> Answer:
    """Schemes are brought in by the installation's operator or by the authority (Order 809 art. 12)."""
    if actor.kind == "system" or actor.holds("authority", "system_admin"):
        return allowed("catalogue.access.keeps_classes")
    return refused("catalogue.access.needs_class_keeper")


def text_of_file(raw: bytes) -> str:
    """UTF-8 (with or without a mark), else GB 18030; NotValid for bytes that are neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotValid("catalogue.file.encoding")


def read_classes(raw: bytes) -> list[ClassRow]:
    """The nodes of a file with the columns code, name, parent, depth (any order, depth may be left out).

    NotValid with a fault a row: nothing of a file that is wrong anywhere is taken."""
    reader = csv.DictReader(io.StringIO(text_of_file(raw), newline=""))
    if lacking := [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]:
        fault = Fault("1", "catalogue.classes.columns", {"columns": "、".join(lacking)})
        raise NotValid("catalogue.classes.columns", faults=[fault])
    rows = [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in reader]
    faults = _row_faults(rows)
    if not rows or len(rows) > LARGEST:
        faults.append(Fault("1", "catalogue.classes.size", {"most": LARGEST}))
    if faults:
        raise NotValid("catalogue.classes.not_valid", faults=faults[:MOST_FAULTS], count=len(faults))
    return _with_lineage(rows)


def _row_faults(rows: Sequence[dict[str, str]]) -> list[Fault]:
    """Line numbers count the heading, as a spreadsheet shows them."""
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        params = {"line": line, "code": row["code"]}
        if not row["code"] or not row["name"] or len(row["code"]) > 40 or len(row["name"]) > 200:
            faults.append(Fault(str(line), "catalogue.classes.row_empty", params))
        elif row["code"] in lines:
            faults.append(Fault(str(line), "catalogue.classes.code_twice", {**params, "other": lines[row["code"]]}))
        lines.setdefault(row["code"], line)
    parents = {row["code"]: row["parent"] for row in rows}
    depths = _depths(parents)
    for line, row in enumerate(rows, start=2):
        params = {"line": line, "code": row["code"], "parent": row["parent"], "depth": row["depth"]}
        if row["parent"] and row["parent"] not in parents:
            faults.append(Fault(str(line), "catalogue.classes.no_parent", params))
        elif row["code"] and depths.get(row["code"], 0) == 0:
            faults.append(Fault(str(line), "catalogue.classes.ring", params))
        elif row["depth"] and row["depth"] != str(depths.get(row["code"], 0)):
            faults.append(Fault(str(line), "catalogue.classes.wrong_depth", params))
    return faults


def _depths(parents: dict[str, str]) -> dict[str, int]:
    """Code -> its depth, counted from 1; 0 where a node is its own ancestor."""
    known: dict[str, int] = {}
    for start in parents:
        chain: list[str] = []
        code = start
        while code and code in parents and code not in known and code not in chain:
            chain.append(code)
            code = parents[code]
        if code in chain:
            known.update(dict.fromkeys(chain, 0))
            continue
        base = known.get(code, 0)
        ring = code in known and base == 0
        for step, one in enumerate(reversed(chain), start=1):
            known[one] = 0 if ring else base + step
    return known


def _with_lineage(rows: Sequence[dict[str, str]]) -> list[ClassRow]:
    parents = {row["code"]: row["parent"] for row in rows}
    lineages: dict[str, tuple[str, ...]] = {"": ()}

    def lineage(code: str) -> tuple[str, ...]:
        if code not in lineages:
            lineages[code] = (*lineage(parents[code]), code)
        return lineages[code]

    return [
        ClassRow(
            code=row["code"],
            name=row["name"],
            parent=row["parent"],
            depth=len(lineage(row["code"])),
            lineage=lineage(row["code"]),
        )
        for row in rows
    ]
