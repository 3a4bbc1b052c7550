"""Entries read from the database as the index takes them. No Django, so that many processes can read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import psycopg

from zampa.catalogue.rules.visibility import marks_of
from zampa.index.entries import STAMP_BITS, Entry, document

MOST_ITEMS = 500  # item names of one entry that are searched
# What the index must show anew when it changes; the doctor sums it up on both sides.
STAMP = f"""
  hashtextextended(concat_ws('|', r.id, r.version, r.state, r.updated_at, a.state, d.name, d.region_id), 0)
  & {2**STAMP_BITS - 1}
"""
# What must be the same on both sides is joined in both questions; psycopg doubles no percent here.
JOINED = """
FROM catalogue_resource r
JOIN identity_department d ON d.id = r.provider_id
LEFT JOIN LATERAL (
  SELECT state FROM catalogue_attachment WHERE resource_id = r.id AND state = ANY(%(open)s) LIMIT 1
) a ON true
WHERE r.replaces_id IS NULL
"""
ENTRIES = f"""
SELECT r.id::text, {STAMP} AS stamp, r.name, r.name_bo, r.name_key, r.code, r.abstract, r.class_code, r.class_name,
  r.sharing, r.format, r.update_cycle, r.state, r.published_on, r.updated_at, r.provider_id::text, d.name, d.short_name,
  d.name_bo, d.region_id, coalesce(a.state, 'none'),
  (SELECT array_agg(i.name || ' ' || i.name_bo) FROM catalogue_item i
    WHERE i.resource_id = r.id AND i.position <= {MOST_ITEMS}),
  (SELECT max(v.published_at) FROM catalogue_version v WHERE v.resource_id = r.id)
{JOINED}
"""  # noqa: S608 - only the constants above
BY_IDS = ENTRIES + " AND r.id = ANY(%(ids)s::uuid[])"
BY_RANGE = ENTRIES + " AND r.id >= %(first)s::uuid AND (%(beyond)s::uuid IS NULL OR r.id < %(beyond)s::uuid)"
SUMMED = f"SELECT count(*), coalesce(sum({STAMP}), 0)::bigint {JOINED}"
EDGES = """
SELECT id::text FROM (
  SELECT id, row_number() OVER (ORDER BY id) AS place FROM catalogue_resource WHERE replaces_id IS NULL
) placed WHERE (place - 1) %% %(size)s = 0 ORDER BY id
"""


class Row(NamedTuple):
    """A line of ENTRIES."""

    id: str
    stamp: int
    name: str
    name_bo: str
    name_key: str
    code: str
    abstract: str
    class_code: str
    class_name: str
    sharing: str
    format: str
    cycle: str
    state: str
    published_on: date | None
    updated_at: datetime
    provider: str
    department: str
    department_short: str
    department_bo: str
    region: str
    live: str
    items: list[str] | None
    published_at: datetime | None


def classes_of(code: str) -> list[str]:
    """A class and those above it: 类 one digit, 项 three, 目 six (guide of 2017)."""
    return list(dict.fromkeys([*(code[:size] for size in (1, 3, 6) if len(code) >= size), code])) if code else []


def entry_of(row: Row) -> Entry:
    """A line as an entry of the index."""
    return Entry(
        id=row.id,
        stamp=row.stamp,
        name=row.name,
        name_bo=row.name_bo,
        name_key=row.name_key,
        codes=[row.code] if row.code else [],
        abstract=row.abstract,
        items=row.items or (),
        department=[one for one in (row.department, row.department_short, row.department_bo) if one],
        classes=[row.class_name] if row.class_name else [],
        seen=marks_of(state=row.state, provider=row.provider, region=row.region),
        facets={
            "department": [row.provider],
            "class": classes_of(row.class_code),
            "sharing": [row.sharing],
            "format": [row.format],
            "cycle": [row.cycle],
            "live": [row.live],
            "region": [row.region],
            "year": [str(row.published_on.year)] if row.published_on else [],
            "state": [row.state],
        },
        published=int(row.published_at.timestamp()) if row.published_at else 0,
        changed=int(row.updated_at.timestamp()),
    )


def read(cursor: Any, question: str, **values: object) -> Iterator[Entry]:
    """Entries of an open cursor, Django's or psycopg's own."""
    cursor.execute(question, values)
    return (entry_of(Row(*line)) for line in cursor.fetchall())


def edges(cursor: Any, size: int) -> Sequence[tuple[str, str | None]]:
    """The catalogue cut into stretches of `size` entries: where each begins and where the next does."""
    cursor.execute(EDGES, {"size": size})
    firsts = [str(line[0]) for line in cursor.fetchall()]
    return list(zip(firsts, [*firsts[1:], None][: len(firsts)], strict=True))


@cache
def _connected(address: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(address, autocommit=True)


def cut(address: str, first: str, beyond: str | None, attached: list[str]) -> list[str]:
    """In a process of its own: one stretch of the catalogue as documents."""
    with _connected(address).cursor() as cursor:
        found = read(cursor, BY_RANGE, first=first, beyond=beyond, open=attached)
        return [document(one) for one in found]
