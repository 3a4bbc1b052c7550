"""The part of the search benchmarks that runs with Django, in a process of its own (see search.py): the set as rows of
the catalogue, one reader with a token, the index built by the product's own command, the peer's table beside it."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.search_set import multiplied, real
from zampa.catalogue.models import Attachment, Resource, Version
from zampa.catalogue.search import building
from zampa.census.models import Connection
from zampa.contracts.actors import SYSTEM
from zampa.entrance import options
from zampa.ground.clock import utc_now
from zampa.identity import acts as identity
from zampa.identity import queries
from zampa.identity.models import Department, Person, Region

SET = """
CREATE UNLOGGED TABLE IF NOT EXISTS bench_set (number int, name text, name_key text, abstract text, provider int,
  class_code text, class_name text, sharing text, format text, cycle text, day date, code text, live text);
TRUNCATE bench_set;
"""
WORDS = """
DROP TABLE IF EXISTS bench_words;
CREATE UNLOGGED TABLE bench_words (id uuid, seen text, name text, sound text, rest text);
"""
# One column to search, names weighing more, as the manual builds it; readers see by the same mark.
PEER = (
    "DROP TABLE IF EXISTS bench_peer",
    "CREATE UNLOGGED TABLE bench_peer AS SELECT id, seen, setweight(to_tsvector('simple', name), 'A')"
    " || setweight(to_tsvector('simple', sound), 'B') || setweight(to_tsvector('simple', rest), 'C') AS words"
    " FROM bench_words",
    "CREATE INDEX ON bench_peer USING gin (words)",
    "ANALYZE bench_peer",
)


def entry_id(number: int) -> uuid.UUID:
    """In the order in which they are made, as the product's own ids are."""
    return uuid.UUID(int=(0x018F << 112) | (7 << 76) | (2 << 62) | number)


def fill(count: int) -> None:
    """The set as published entries of departments, some of them attached; triggers and checks rest meanwhile."""
    call_command("migrate", verbosity=0)
    identity.load_packaged_regions(by=SYSTEM)
    _, departments = real()
    regions = list(Region.objects.order_by("code").values_list("code", flat=True)[:60])
    now = utc_now()
    Department.objects.bulk_create(
        Department(pk=entry_id(10**9 + n), code=f"{n:018d}", name=name, region_id=regions[portal % 60], created_at=now)
        for n, (name, portal) in enumerate(departments)
    )
    source = Connection.objects.create(
        name="x", department_id=entry_id(10**9), engine="postgresql", network="extranet", created_at=now, created_by="x"
    )
    with psycopg.connect(options.text("ZAMPA_DATABASE_URL"), autocommit=True) as plain, plain.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(SET)
        with cursor.copy("COPY bench_set FROM STDIN") as lines:
            for one in multiplied(count):
                lines.write_row(one)
        base = "('018f0000-0000-7000-8000-' || lpad(to_hex(%s), 12, '0'))::uuid"
        row, provider = base % "number", base % "provider + 1000000000"
        _insert(cursor, Resource, {
            "id": row, "name": "name", "name_key": "name_key", "abstract": "abstract", "provider_id": provider,
            "class_code": "class_code", "class_name": "class_name", "sharing": "sharing", "format": "format",
            "update_cycle": "cycle", "published_on": "day", "code": "code", "state": "'published'",
            "created_at": "day", "updated_at": "day", "created_by_name": "'x'",
        })  # fmt: skip
        _insert(cursor, Version, {
            "id": row, "resource_id": row, "number": "1", "snapshot": "'{}'", "published_at": "day",
            "published_by_name": "'x'",
        })  # fmt: skip
        _insert(cursor, Attachment, {
            "id": row, "resource_id": row, "connection_id": f"'{source.pk}'", "state": "live", "applied_at": "day",
            "applied_by_name": "'x'",
        }, " WHERE live <> 'none'")  # fmt: skip
        cursor.execute("ANALYZE")


def _insert(cursor: Any, model: type[Any], values: dict[str, str], where: str = "") -> None:
    """Rows of a table from the set; what is not named has the model's default."""
    columns, given, said = [], [], []
    for field in model._meta.concrete_fields:
        columns.append(f'"{field.column}"')
        if field.column in values:
            said.append(values[field.column])
            continue
        default = None if field.is_relation else field.get_default()
        said.append(f"%s::{field.db_type(connection)}")
        given.append(field.get_db_prep_save(default, connection))
    line = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(said)} FROM bench_set{where}"
    cursor.execute(line, given)


def reader() -> str:
    """A token of a person who may see what is published, as most may."""
    person = Person.objects.create(
        username="bench", name="x", department_id=entry_id(10**9 + 1), created_at=utc_now(), language="zh-hans"
    )
    _, token = identity.make_token(by=queries.actor_of(person), name="x", scopes=["read"], days=30, proven=True)
    return token


def build(processes: int) -> dict[str, float]:
    """The product's own build, from the database to a finished copy."""
    started = time.perf_counter()
    built = building.rebuild(processes=processes, address=options.text("ZAMPA_DATABASE_URL"))
    size = sum(path.stat().st_size for path in settings.ZAMPA_INDEX_DIR.rglob("*") if path.is_file())
    return {"seconds": time.perf_counter() - started, "entries": built.entries, "bytes": size}


def peer() -> dict[str, float]:
    """The same tokens as a tsvector with its GIN index; making the tokens is not counted, theirs to begin with."""
    with psycopg.connect(options.text("ZAMPA_DATABASE_URL"), autocommit=True) as plain, plain.cursor() as cursor:
        cursor.execute(WORDS)
        with cursor.copy("COPY bench_words FROM STDIN") as lines:
            for row in _token_rows():
                lines.write_row(row)
        cursor.execute("SET maintenance_work_mem = '1GB'")
        started = time.perf_counter()
        for step in PEER:
            cursor.execute(step)
        seconds = time.perf_counter() - started
        cursor.execute("SELECT pg_total_relation_size('bench_peer')")
        return {"seconds": seconds, "bytes": float(cursor.fetchone()[0])}


def _token_rows() -> Iterator[tuple[str, str, str, str, str]]:
    for documents in building.documents(2, options.text("ZAMPA_DATABASE_URL")):
        for one in documents:
            told = json.loads(one)
            rest = " ".join((told["items"], told["about"], told["department_name"]))
            yield told["id"], "all", told["name"], told["sound"].replace("'", "_"), rest


TASKS = {
    "migrate": lambda: call_command("migrate", verbosity=0),
    "fill": lambda: fill(int(sys.argv[2])),
    "reader": reader,
    "build": lambda: build(int(sys.argv[2])),
    "peer": peer,
}
if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]]()))
