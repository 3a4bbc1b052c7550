"""Whether a text is one SELECT that only reads: what a query attachment may be.

The text is parsed, and what runs is what the parser understood, written anew: nothing can hide between two readings
of one text. It runs in a read-only transaction under the connection's own account besides (connectors.postgresql).
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from zampa.ground.errors import Fault

LONGEST = 8_000
WRITES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Copy, exp.Into,
    exp.Lock, exp.Set, exp.Placeholder, exp.Parameter, exp.TruncateTable,
)  # fmt: skip
# Functions the parser has no class of its own for and that only compute.
PURE = frozenset(
    {
        "to_date", "to_timestamp", "date_part", "age", "btrim", "regexp_replace", "split_part", "translate", "lpad",
        "rpad", "initcap", "format", "md5", "width_bucket", "make_date", "array_to_string", "string_to_array",
        "jsonb_extract_path_text", "json_extract_path_text", "concat_ws", "reverse", "left", "right", "strpos",
        "overlay", "mod", "div", "trunc", "nullif", "greatest", "least", "char_length", "octet_length",
    }
)  # fmt: skip


def checked_select(text: str, dialect: str = "postgres") -> tuple[str, list[Fault]]:
    """The SELECT as it will run, and everything that keeps it from being attached (field `query`)."""
    if len(text) > LONGEST:
        return "", [_fault("too_long", limit=LONGEST)]
    try:
        statements = [one for one in sqlglot.parse(text, dialect=dialect) if one is not None]
    except SqlglotError as error:
        place = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
        return "", [_fault("not_sql", line=place.get("line") or 1, near=str(place.get("highlight") or "")[:40])]
    except RecursionError:
        return "", [_fault("too_long", limit=LONGEST)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Select | exp.SetOperation):
        return "", [_fault("one_select")]
    tree = statements[0]
    faults = [*_writing(tree), *_functions(tree), *_tables(tree)]
    return ("", faults) if faults else (tree.sql(dialect=dialect, comments=False), [])


def _writing(tree: exp.Expression) -> list[Fault]:
    return [_fault("writes", word=one.key.upper()) for one in tree.find_all(*WRITES)][:1]


def _functions(tree: exp.Expression) -> list[Fault]:
    """A function the parser does not know may do anything: it is refused by name."""
    names = {str(one.name).lower() for one in tree.find_all(exp.Anonymous)} - PURE
    somebodys = {str(one.name or one.key).lower() for one in tree.find_all(exp.Func) if isinstance(one.parent, exp.Dot)}
    return [_fault("unknown_function", name=name) for name in sorted(names | somebodys)]


def _tables(tree: exp.Expression) -> list[Fault]:
    """Every table with its schema (the session searches none), none of the server's own, none of another database."""
    named = {one.alias_or_name for one in tree.find_all(exp.CTE)}
    faults = []
    tables = list(tree.find_all(exp.Table))
    for table in tables:
        if not isinstance(table.this, exp.Identifier) or table.catalog:
            faults.append(_fault("odd_table", name=table.sql()[:80]))
        elif not table.db:
            if table.name not in named:
                faults.append(_fault("needs_schema", name=table.name))
        elif table.db.lower().startswith("pg_") or table.db.lower() == "information_schema":
            faults.append(_fault("servers_own", name=f"{table.db}.{table.name}"))
    return faults if tables else [_fault("no_table")]


def _fault(code: str, **params: object) -> Fault:
    return Fault("query", f"catalogue.query.{code}", params)
