"""The shape of a table, whatever engine holds it."""

from __future__ import annotations

from typing import Literal

import msgspec

DataType = Literal[
    "text", "integer", "decimal", "double", "boolean", "date", "time", "timestamp", "timestamptz", "binary", "json",
    "uuid",
]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One column. `length` in characters; `precision` and `scale` for decimals; `native` as its engine spells it."""

    name: str
    type: DataType
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    nullable: bool = True
    key: bool = False
    comment: str = ""
    native: str = ""


class TableRef(msgspec.Struct, frozen=True, kw_only=True):
    """A table, view, sheet or file inside a connection; `schema` is empty where the engine has none.

    folder: every file whose name fits the pattern `name`, read as one table. query: `query` is one SELECT that was
    checked when it was attached (catalogue.rules.selects), `name` what people call it.
    """

    name: str
    schema: str = ""
    kind: Literal["table", "view", "sheet", "file", "path", "folder", "query"] = "table"
    comment: str = ""
    query: str = ""


class TableSchema(msgspec.Struct, frozen=True, kw_only=True):
    table: TableRef
    fields: tuple[Field, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.key)

    def field(self, name: str) -> Field:
        """KeyError when there is none of that name."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
