"""How each engine spells what a filter needs: quoting, placeholders, and comparing text by code point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """One engine's spelling. `placeholder` is what its driver binds; `text` makes bytes of a text expression,
    ordered by code point; `cast` gives the type to read a bound value as, empty for none."""

    name: str
    quotation: str
    placeholder: str
    text: Callable[[str], str]
    cast: dict[str, str]

    def quote(self, name: str) -> str:
        """A name as an identifier, safe whatever stands in it."""
        return self.quotation + name.replace(self.quotation, self.quotation * 2) + self.quotation

    def bound(self, data_type: str) -> str:
        """The placeholder of a value of this type."""
        cast = self.cast.get(data_type, "")
        return f"CAST({self.placeholder} AS {cast})" if cast else self.placeholder

    def comparable(self, column: str, data_type: str) -> tuple[str, str]:
        """Both sides of a comparison: the column and the placeholder."""
        if data_type == "text":
            return self.text(column), self.text(self.bound("text"))
        return column, self.bound(data_type)

    def starts(self, column: str, length: int) -> str:
        """Whether a text column begins with a bound value of this many characters."""
        return f"{self.text(f'LEFT({column}, {length})')} = {self.text(self.bound('text'))}"


def _postgresql_text(sql: str) -> str:
    return f'CAST({sql} AS text) COLLATE "C"'


def _mysql_text(sql: str) -> str:
    return f"CAST(CONVERT({sql} USING utf8mb4) AS BINARY)"


def _plain(sql: str) -> str:
    return sql


POSTGRESQL = Dialect(
    name="postgresql",
    quotation='"',
    placeholder="%s",
    text=_postgresql_text,
    cast={
        "text": "text", "integer": "numeric", "decimal": "numeric", "double": "double precision", "boolean": "boolean",
        "date": "date", "time": "time", "timestamp": "timestamp", "timestamptz": "timestamptz", "uuid": "uuid",
    },
)
MYSQL = Dialect(name="mysql", quotation="`", placeholder="%s", text=_mysql_text, cast={})
DUCKDB = Dialect(name="duckdb", quotation='"', placeholder="?", text=_plain, cast={})
