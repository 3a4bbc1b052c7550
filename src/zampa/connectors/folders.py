"""A folder as one table: every file whose name fits a pattern, all of one shape. Nothing is guessed: a file with other
columns or types is named and refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from zampa.contracts.schemas import TableRef, TableSchema
from zampa.ground.errors import NotFound, NotValid

PATTERN = re.compile(r"[^/\\\x00-\x1f\[\]]{1,200}")
MOST_FILES = 10_000


class Shaped(Protocol):
    @property
    def schema(self) -> TableSchema: ...


def matching(files: Sequence[Path], pattern: str) -> list[Path]:
    """Files whose name fits (`*` any signs, `?` one), in order of their names; NotFound when there is none."""
    if not PATTERN.fullmatch(pattern) or pattern.startswith("."):
        raise NotValid("connectors.name_not_allowed", name=pattern, limit=200)
    found = [path for path in files if fnmatchcase(path.name, pattern)]
    if not found:
        raise NotFound("connectors.no_such_table", table=pattern)
    if len(found) > MOST_FILES:
        raise NotValid("connectors.too_large", what="files", limit=MOST_FILES)
    return found


def schema_of(
    paths: Sequence[Path],
    table: TableRef,
    opened: Callable[[Path, TableRef, Mapping[str, str]], Shaped],
    options: Mapping[str, str],
) -> TableSchema:
    """The one shape of all these files; NotValid names the first that differs."""
    shapes = [(path, opened(path, TableRef(name=path.name, kind="file"), options).schema.fields) for path in paths]
    first = [(field.name, field.type) for field in shapes[0][1]]
    for path, fields in shapes:
        if [(field.name, field.type) for field in fields] != first:
            raise NotValid("connectors.folder_differs", table=path.name, first=shapes[0][0].name)
    return TableSchema(table=table, fields=shapes[0][1])
