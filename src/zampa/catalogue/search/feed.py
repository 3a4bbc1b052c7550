"""What the database has changed, in the order in which it was committed, and how its entries are counted and summed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, transaction

from zampa.catalogue.models import Attachment
from zampa.catalogue.search import reading
from zampa.index.entries import Entry

LOCK = 0x5A494E44  # one numbering at a time in a database
OPEN = {"open": list(Attachment.OPEN)}


class Step(NamedTuple):
    """Entries to take in or, where None, out; afterwards the index stands at `mark`."""

    entries: dict[str, Entry | None]
    mark: int


def number_changes() -> int:
    """Give numbers to what was committed since; two that do so wait for each other. Returns the newest number."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM catalogue_change WHERE number IS NULL)")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute(
                "UPDATE catalogue_change SET number = nextval('catalogue_change_numbers') WHERE number IS NULL"
            )
        cursor.execute("SELECT coalesce(max(number), 0) FROM catalogue_change")
        return int(cursor.fetchone()[0])


def step_after(mark: int, most: int) -> Step | None:
    """The next changes after `mark`, at most so many entries; None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource_id::text, max(number) FROM catalogue_change WHERE number > %s"
            " GROUP BY 1 ORDER BY 2 LIMIT %s",
            [mark, most],
        )
        changed = cursor.fetchall()
        if not changed:
            return None
        found = {one.id: one for one in reading.read(cursor, reading.BY_IDS, ids=[key for key, _ in changed], **OPEN)}
    return Step({key: found.get(key) for key, _ in changed}, int(changed[-1][1]))


def entries_between(first: str, beyond: str | None) -> Sequence[Entry]:
    with connection.cursor() as cursor:
        return list(reading.read(cursor, reading.BY_RANGE, first=first, beyond=beyond, **OPEN))


def stretches(size: int) -> Sequence[tuple[str, str | None]]:
    with connection.cursor() as cursor:
        return reading.edges(cursor, size)


def summed() -> tuple[int, int]:
    """How many entries the database has, and the sum of their stamps."""
    with connection.cursor() as cursor:
        cursor.execute(reading.SUMMED, OPEN)
        number, total = cursor.fetchone()
    return int(number), int(total)


def note_old_changes() -> int:
    """Keep the newest change of each entry only; whoever stands anywhere still learns of every entry that changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalogue_change old USING catalogue_change new"
            " WHERE new.resource_id = old.resource_id AND new.number > old.number"
        )
        return int(cursor.rowcount)
