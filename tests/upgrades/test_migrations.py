"""A database of the first version comes to this one with its rows: each room's first tables, filled, then migrated."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

NOW = datetime(2026, 1, 5, tzinfo=UTC)
NAME = "upgraded"


def fill_ledger(apps: Any) -> Callable[[Any], None]:
    """A record with its body and place, a checkpoint, an epoch: all there afterwards, byte for byte."""
    models = {name: apps.get_model("ledger", name) for name in ("Record", "Body", "Position", "Checkpoint", "Epoch")}
    record = models["Record"].objects.using(NAME).create(
        id=uuid4(), at=NOW, event="demo:thing:made", actor_kind="person", actor="p", subject_kind="demo.thing",
        subject="1", parties=["d"], leaf='{"format":1}',
    )  # fmt: skip
    models["Body"].objects.using(NAME).create(record=record, salt=b"s" * 32, content="{}")
    models["Position"].objects.using(NAME).create(number=0, record=record)
    models["Checkpoint"].objects.using(NAME).create(epoch=0, size=1, at=NOW, signed='{"purpose":"checkpoint"}')
    models["Epoch"].objects.using(NAME).create(number=1, size=1, opened_at=NOW, signed='{"purpose":"epoch"}')

    def check(later: Any) -> None:
        kept = later.get_model("ledger", "Record").objects.using(NAME).get()
        assert (kept.pk, kept.leaf, kept.parties) == (record.pk, '{"format":1}', ["d"])
        assert bytes(later.get_model("ledger", "Body").objects.using(NAME).get().salt) == b"s" * 32
        assert later.get_model("ledger", "Checkpoint").objects.using(NAME).get().size == 1
        assert later.get_model("ledger", "Epoch").objects.using(NAME).get().number == 1

    return check


def fill_identity(apps: Any) -> Callable[[Any], None]:
    """A person of a department with an unread message."""

    def rows(name: str) -> Any:
        return apps.get_model("identity", name).objects.using(NAME)

    region = rows("Region").create(code="540000", name="西藏自治区", level="region")
    office = rows("Department").create(code="1" * 18, name="公安厅", region_id=region.pk, created_at=NOW)
    person = rows("Person").create(username="wangdui", name="旺堆", department_id=office.pk, created_at=NOW)
    message = rows("Message").create(
        person_id=person.pk, code="exchange.message.alarm", params={"number": "G-1"}, created_at=NOW
    )

    def check(later: Any) -> None:
        kept = later.get_model("identity", "Message").objects.using(NAME).get()
        assert (kept.pk, kept.person_id, kept.params) == (message.pk, person.pk, {"number": "G-1"})
        assert later.get_model("identity", "Department").objects.using(NAME).get(pk=office.pk).name == "公安厅"

    return check


def fill_catalogue(apps: Any) -> Callable[[Any], None]:
    """An entry with its live attachment and a look at it: it stays live, and is looked at again at once."""

    def rows(room: str, name: str) -> Any:
        return apps.get_model(room, name).objects.using(NAME)

    region = rows("identity", "Region").create(code="540200", name="日喀则市", level="prefecture")
    office = rows("identity", "Department").create(code="4" * 18, name="市教育局", region_id=region.pk, created_at=NOW)
    source = rows("census", "Connection").create(
        name="学籍库", department_id=office.pk, engine="postgresql", network="extranet", created_at=NOW, created_by="x"
    )
    entry = rows("catalogue", "Resource").create(
        name="学籍", provider_id=office.pk, created_by_name="次仁", created_at=NOW, updated_at=NOW
    )
    joined = rows("catalogue", "Attachment").create(
        resource_id=entry.pk, connection_id=source.pk, table_ref={"name": "pupils"}, state="live", applied_at=NOW,
        applied_by_name="次仁", rows=7,
    )  # fmt: skip
    rows("catalogue", "Probe").create(attachment_id=joined.pk, at=NOW, well=True, rows=7)

    def check(later: Any) -> None:
        kept = later.get_model("catalogue", "Attachment").objects.using(NAME).get()
        assert (kept.pk, kept.state, kept.rows, kept.due_at) == (joined.pk, "live", 7, None)
        assert later.get_model("catalogue", "Probe").objects.using(NAME).get().rows == 7
        assert later.get_model("catalogue", "Resource").objects.using(NAME).get(pk=entry.pk).name == "学籍"

    return check


def fill_runs(apps: Any) -> Callable[[Any], None]:
    """A run that is over stays so, with its figures."""

    def rows(room: str, name: str) -> Any:
        return apps.get_model(room, name).objects.using(NAME)

    region = rows("identity", "Region").create(code="540300", name="昌都市", level="prefecture")
    office = rows("identity", "Department").create(code="5" * 18, name="市人社局", region_id=region.pk, created_at=NOW)
    run = rows("runs", "Run").create(
        delivery=uuid4(), resource=uuid4(), grant=uuid4(), resource_name="参保", provider_id=office.pk,
        requester_id=office.pk, spec={}, mode="table", state="done", rows_written=5, created_at=NOW,
    )  # fmt: skip

    def check(later: Any) -> None:
        kept = later.get_model("runs", "Run").objects.using(NAME).get()
        assert (kept.pk, kept.state, kept.rows_written) == (run.pk, "done", 5)

    return check


def fill_exchange(apps: Any) -> Callable[[Any], None]:
    """A request between two departments: nobody holds it afterwards, and its words are what they were."""

    def rows(room: str, name: str) -> Any:
        return apps.get_model(room, name).objects.using(NAME)

    region = rows("identity", "Region").create(code="540100", name="拉萨市", level="prefecture")
    offices = [
        rows("identity", "Department").create(code=str(n) * 18, name=name, region_id=region.pk, created_at=NOW)
        for n, name in ((2, "市公安局"), (3, "市民政局"))
    ]
    entry = rows("catalogue", "Resource").create(
        name="户籍", provider_id=offices[0].pk, created_by_name="次仁", created_at=NOW, updated_at=NOW
    )
    asked = rows("exchange", "Request").create(
        number="R-2026-0001", requester_id=offices[1].pk, provider_id=offices[0].pk, resource_id=entry.pk,
        sharing="conditional", basis="《社会救助暂行办法》第五十八条", drafted_by="p", drafted_by_name="卓玛",
        created_at=NOW,
    )  # fmt: skip

    def check(later: Any) -> None:
        kept = later.get_model("exchange", "Request").objects.using(NAME).get()
        assert (kept.pk, kept.number, kept.basis) == (asked.pk, "R-2026-0001", "《社会救助暂行办法》第五十八条")
        assert (kept.held_at, kept.held_by_name, kept.held_reason) == (None, "", "")

    return check


# A room with a second migration says here what a database of the first version holds and what must be left of it.
FILLED: dict[str, Callable[[Any], Callable[[Any], None]]] = {
    "identity": fill_identity,
    "ledger": fill_ledger,
    "catalogue": fill_catalogue,
    "runs": fill_runs,
    "exchange": fill_exchange,
}


def changed_rooms() -> dict[str, str]:
    """Rooms with more than one migration -> the name of the first."""
    loader = MigrationLoader(None)
    rooms: dict[str, list[str]] = {}
    for app, name in loader.graph.nodes:
        if app in settings.ROOMS:
            rooms.setdefault(app, []).append(name)
    return {app: min(names) for app, names in rooms.items() if len(names) > 1}


@pytest.fixture
def empty(django_db_blocker: Any) -> Iterator[Any]:
    """A database of its own on the test server, known to Django under NAME."""
    address = os.environ["ZAMPA_DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
    with django_db_blocker.unblock():
        connections.databases[NAME] = {**connections.databases["default"], "NAME": NAME}
        try:
            yield connections[NAME]
        finally:
            connections[NAME].close()
            del connections.databases[NAME]
            with psycopg.connect(address, autocommit=True) as server:
                server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_every_changed_room_says_what_it_must_keep() -> None:
    assert set(changed_rooms()) == set(FILLED)


def test_a_database_of_the_first_version_comes_along(empty: Any) -> None:
    first = changed_rooms()
    executor = MigrationExecutor(empty)
    latest = executor.loader.graph.leaf_nodes()
    begun = [(app, first.get(app, name)) for app, name in latest]
    state = executor.migrate(begun)
    checks = [fill(state.apps) for app, fill in FILLED.items()]
    executor = MigrationExecutor(empty)
    assert executor.migration_plan(latest), "nothing to migrate: the test would prove nothing"
    later = executor.migrate(latest)
    for check in checks:
        check(later.apps)
    assert not MigrationExecutor(empty).migration_plan(latest)
