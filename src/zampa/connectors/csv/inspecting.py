"""One strict pass over a CSV before the first row is given: encoding, header, and every place where it is broken.

Imports never guess. UTF-8 is recognised because nothing else decodes as it; else GB18030 when the whole file is
valid in it, and the finding is stated. Anything else is refused with the first line that is in neither. A header that
looks cut by another separator is refused and names it, so that a person declares the separator in the connection.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zampa.connectors.files import Options, unique_names
from zampa.ground.errors import Fault, NotValid

MAX_CELL = 1 << 22
MAX_COLUMNS = 4096
SHOWN = 50
SEPARATORS = {",": ",", ";": ";", "|": "|", "tab": "\t", "\t": "\t"}
QUOTES = {'"', "'"}
MAGIC = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"\x1f\x8b": "gzip", b"PAR1": "parquet", b"%PDF": "pdf"}
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
BLOCK = 1 << 20

csv.field_size_limit(MAX_CELL)


@dataclass(frozen=True)
class Inspection:
    """A CSV that can be read whole: `rows` without the header."""

    encoding: str
    separator: str
    quote: str
    header: tuple[str, ...]
    rows: int


def inspect(path: Path, options: Options) -> Inspection:
    """NotValid with a fault per place (`line N` of the file) when it cannot be read."""
    separator, quote = declared(options)
    _refuse_other_files(path)
    encoding = _encoding(path, options.get("encoding", ""))
    header: tuple[str, ...] = ()
    faults: list[Fault] = []
    found = Counter[str]()
    rows = 0
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        reader = csv.reader(stream, delimiter=separator, quotechar=quote, strict=True)
        try:
            for cells in reader:
                if not header:
                    header = _header(path, cells, separator)
                    continue
                if not cells and len(header) > 1:
                    continue
                rows += 1
                if max(len(cells), 1) != len(header):
                    found["connectors.ragged_row"] += 1
                    if len(faults) < SHOWN:
                        counted = {"line": reader.line_num, "cells": len(cells), "expected": len(header)}
                        faults.append(Fault(f"line {reader.line_num}", "connectors.ragged_row", counted))
        except csv.Error as failure:
            raise _broken(path, reader.line_num, str(failure)) from None
    if not header:
        raise NotValid("connectors.header", table=path.name, why="empty", seen="")
    if faults:
        count = found["connectors.ragged_row"]
        raise NotValid("connectors.ragged_rows", faults=faults, table=path.name, count=count)
    return Inspection(encoding, separator, quote, header, rows)


def declared(options: Options) -> tuple[str, str]:
    """Separator and quote as the connection declares them."""
    separator, quote = SEPARATORS.get(options.get("separator", ",")), options.get("quote", '"')
    if separator is None or quote not in QUOTES:
        raise NotValid("connectors.bad_endpoint", host="separator", port=0)
    return separator, quote


def utf8_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """The file as UTF-8 without a byte order mark."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", True).encode()


def _refuse_other_files(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(4096)
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            raise NotValid("connectors.bad_file", table=path.name, why=kind)
    if head.startswith(WIDE):
        raise NotValid("connectors.encoding", table=path.name, line=1, tried=", ".join(ENCODINGS))
    if b"\x00" in head:
        line = head[: head.index(b"\x00")].count(b"\n") + 1
        raise NotValid("connectors.bad_file", table=path.name, why="NUL", line=line)


def _encoding(path: Path, stated: str) -> str:
    if stated and stated not in ENCODINGS:
        raise NotValid("connectors.encoding", table=path.name, line=0, tried=stated)
    with path.open("rb") as stream:
        marked = stream.read(3) == codecs.BOM_UTF8
    tries = (stated,) if stated else ("utf-8-sig",) if marked else ("utf-8", "gb18030")
    first_bad = 0
    for encoding in tries:
        line = _bad_line(path, encoding)
        if line == 0:
            return encoding
        first_bad = first_bad or line
    raise NotValid("connectors.encoding", table=path.name, line=first_bad, tried=", ".join(tries))


def _bad_line(path: Path, encoding: str) -> int:
    """The first line that does not decode, 0 when all do."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK)
            held = decoder.getstate()[0]
            try:
                lines += decoder.decode(block, not block).count("\n")
            except UnicodeDecodeError as failure:
                return lines + (held + block)[: failure.start].count(b"\n")
            if not block:
                return 0


def _header(path: Path, cells: list[str], separator: str) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    if len(names) == 1:
        for other in ",;\t|":
            if other != separator and other in names[0]:
                raise NotValid("connectors.header", table=path.name, why="separator", seen=other)
    if len(names) > MAX_COLUMNS:
        raise NotValid("connectors.too_large", what="columns", limit=MAX_COLUMNS)
    return unique_names(path, names, "column")


def _broken(path: Path, line: int, said: str) -> NotValid:
    if "field larger" in said:
        fault = Fault(f"line {line}", "connectors.huge_cell", {"line": line, "limit": MAX_CELL})
        return NotValid("connectors.too_large", faults=[fault], what="cell", limit=MAX_CELL, line=line)
    why = "NUL" if "NUL" in said else "quotes"
    fault = Fault(f"line {line}", "connectors.broken_line", {"line": line, "why": why})
    return NotValid("connectors.bad_file", faults=[fault], table=path.name, why=why, line=line)
