"""Long lists: asked for on the list, written by a job as the person, fetched by them alone, gone after a week."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from zampa.contracts.actors import SYSTEM
from zampa.entrance import exports
from zampa.entrance.models import Export
from zampa.ground.clock import utc_now
from zampa.identity import acts
from zampa.identity.models import Message, Person
from zampa.identity.tests.cast import a_department, a_person

MANY = 12_000
LIST = "/identity/people/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(settings: Any, tmp_path: Path) -> Iterator[Person]:
    settings.ZAMPA_FILES_DIR = tmp_path
    yield a_person(None, "system_admin", name="系统管理员")


def crowd(count: int = MANY) -> None:
    department = a_department("人口局")
    now = utc_now()
    Person.objects.bulk_create(
        Person(username=f"many-{n:06d}", name="=1+1" if n == 7 else f"名{n}", department=department, created_at=now)
        for n in range(count)
    )


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def asked(person: Person, kind: str = "csv", **more: str) -> Export:
    answer = client_of(person).get(LIST, {"export": kind, **more})
    assert (answer.status_code, "Content-Disposition" in answer) == (303, False)
    return Export.objects.filter(person=person).latest("id")


def test_a_long_list_is_written_by_the_job_and_told_to_its_person(admin: Person) -> None:
    crowd()
    waiting = asked(admin, q="many", after="zzz")
    assert "after" not in waiting.address and "q=many" in waiting.address
    assert ProcrastinateJob.objects.filter(task_name=exports.MAKE, args={"export_id": str(waiting.pk)}).exists()
    assert asked(admin, q="many").pk == waiting.pk  # the same list is not queued twice
    made = exports.make_export(export_id=waiting.pk)
    assert made is not None and (made.state, made.rows) == ("done", MANY)
    assert exports.make_export(export_id=waiting.pk) is None
    told = Message.objects.get(person=admin, code="entrance.export.ready")
    assert told.params == {"title": "人员", "rows": "12,000", "days": 7}
    page = client_of(admin).get(reverse("identity:messages")).content.decode()
    link = reverse("export", args=[made.pk])
    assert link in page and "12,000" in page
    answer = client_of(admin).get(link)
    table = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(table) == MANY + 1
    assert table[0][:2] == ["姓名", "账号"]
    assert {row[1] for row in table[1:]} == {f"many-{n:06d}" for n in range(MANY)}
    assert next(row for row in table if row[1] == "many-000007")[0] == "'=1+1"


def test_a_workbook_holds_every_row(admin: Person) -> None:
    crowd(10_001)
    made = exports.make_export(export_id=asked(admin, "xlsx", q="many").pk)
    assert made is not None
    rows = CalamineWorkbook.from_path(exports.path_of(made)).get_sheet_by_index(0).to_python()
    assert len(rows) == 10_002
    assert any(row[0] == "'=1+1" for row in rows)


def test_nobody_else_opens_it(admin: Person) -> None:
    crowd(10_001)
    made = exports.make_export(export_id=asked(admin).pk)
    assert made is not None
    link = reverse("export", args=[made.pk])
    other = a_person(None, "audit_admin", name="别人")
    assert client_of(other).get(link).status_code == 404
    assert Client().get(link).status_code == 302


def test_the_file_holds_what_its_person_may_see_when_it_is_made(admin: Person) -> None:
    crowd(10_001)
    waiting = asked(admin)
    acts.end_post(by=SYSTEM, person_id=admin.pk, post="system_admin", reason="换岗")
    made = exports.make_export(export_id=waiting.pk)
    assert made is not None and made.rows == 1  # an ordinary person without a department sees themselves


def test_what_cannot_be_opened_any_more_is_told_and_leaves_nothing(admin: Person) -> None:
    gone = Export.objects.create(
        person=admin, kind="csv", name="x.csv", title="清单", language="zh-hans", asked_at=utc_now(),
        address=reverse("identity:person", args=["01a20a62-4830-7845-be37-cfcd9e3e9f52"]) + "?export=csv",
    )  # fmt: skip
    made = exports.make_export(export_id=gone.pk)
    assert made is not None and made.state == "failed"
    assert list(exports.folder().iterdir()) == []
    assert Message.objects.filter(person=admin, code="entrance.export.failed", url_name="").count() == 1


def test_it_is_kept_seven_days(admin: Person) -> None:
    crowd(10_001)
    made = exports.make_export(export_id=asked(admin).pk)
    assert made is not None
    assert exports.expire_exports(now=made.until - timedelta(seconds=1)) == 0
    assert exports.path_of(made).is_file()
    assert exports.expire_exports(now=made.until) == 1
    assert not exports.path_of(made).exists()
    assert client_of(admin).get(reverse("export", args=[made.pk])).status_code == 404


def test_what_a_killed_worker_left_is_queued_again_for_a_day(admin: Person) -> None:
    crowd(10_001)
    waiting = asked(admin)
    jobs = ProcrastinateJob.objects.filter(task_name=exports.MAKE)
    exports.expire_exports(now=waiting.asked_at + timedelta(minutes=31))
    assert jobs.count() == 2
    exports.expire_exports(now=waiting.asked_at + timedelta(days=1, seconds=1))
    waiting.refresh_from_db()
    assert waiting.state == "failed"


@pytest.mark.django_db(transaction=True)
def test_memory_stays_flat_because_rows_come_by_a_cursor(admin: Person) -> None:
    crowd(20_000)
    waiting = asked(admin, q="many")
    tracemalloc.start()
    try:
        with CaptureQueriesContext(connection) as seen:
            made = exports.make_export(export_id=waiting.pk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert made is not None and made.rows == 20_000
    assert peak < 40_000_000, peak
    assert len([query for query in seen if "identity_postholding" in query["sql"]]) >= 10  # a batch at a time
