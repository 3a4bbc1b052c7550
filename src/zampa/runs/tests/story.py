"""A small installation for the tests of this room: two departments, an authority, a stranger, two real databases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import psycopg
from django.conf import settings
from stdnum.cn import ric

from zampa.catalogue.models import Attachment, Resource
from zampa.census import secrets
from zampa.census.models import Connection
from zampa.contracts.actors import Actor
from zampa.contracts.deliveries import DeliverySpec, Mark, mask_key_at_rest
from zampa.contracts.flowspecs import Check, GrantedField, Mask
from zampa.contracts.schemas import TableRef
from zampa.evidence import seals
from zampa.identity.models import Department, Person, PostHolding, Region
from zampa.identity.queries import actor_of
from zampa.runs.acts import start_run
from zampa.runs.models import Run

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROWS, BAD = 200, 3
_number = itertools.count(1)


def resident(index: int) -> str:
    body = f"540102{1950 + index % 60}0{index % 9 + 1}{index % 27 + 1:02}{index % 1000:03}"
    return body + ric.calc_check_digit(body + "0")


@dataclass
class House:
    row: Department
    people: dict[str, Person]

    def actor(self, post: str = "sharing_head") -> Actor:
        return actor_of(self.people[post], MONDAY)


def house(name: str, region: Region, *posts: str, governs: bool = False) -> House:
    code = f"1154000000{next(_number):08d}"
    row = Department.objects.create(code=code, name=name, region=region, governs=governs, created_at=MONDAY)
    people = {}
    for post in posts:
        person = Person.objects.create(
            username=f"r{next(_number)}", name=name + post, department=row, created_at=MONDAY
        )
        PostHolding.objects.create(
            person=person, department=row, post=post, starts=datetime(2026, 1, 1, tzinfo=UTC), granted_by="test"
        )
        people[post] = person
    return House(row, people)


@dataclass
class Story:
    police: House
    social: House
    authority: House
    stranger: House
    source: Connection
    destination: Connection
    resource: Resource
    source_url: str
    destination_url: str

    def spec(self, **changes: Any) -> DeliverySpec:
        grant = uuid4()
        key = seals.seal(secrets.master_key(), bytes(range(32)), mask_key_at_rest(grant))
        plain: dict[str, Any] = {
            "grant": str(grant),
            "resource": str(self.resource.pk),
            "resource_name": self.resource.name,
            "provider": str(self.police.row.pk),
            "requester": str(self.social.row.pk),
            "source_connection": str(self.source.pk),
            "source_table": TableRef(schema="public", name="people"),
            "fields": (
                GrantedField(name="编号", column="id", type="integer", key=True),
                GrantedField(name="身份号码", column="id_number", mask=Mask(kind="hash")),
                GrantedField(name="姓名", column="name", mask=Mask(kind="keep", first=1)),
            ),
            "checks": (Check(code="person.id_number", field="id_number", kind="id_number"),),
            "destination_connection": str(self.destination.pk),
            "destination_table": TableRef(schema="landing", name="people"),
            "mark": Mark(requester="人社厅", grant="SQ-1", delivery="JF-2026-0001", issued="2026-11-23T02:00:00Z"),
            "sealed_mask_key": key,
        }
        return DeliverySpec(**{**plain, **changes})

    def file_spec(self, kind: str = "csv", **changes: Any) -> DeliverySpec:
        whole = {"mode": "file", "file_format": kind, "destination_connection": "", "destination_table": None}
        return self.spec(**{**whole, **changes})

    def start(self, spec: DeliverySpec | None = None) -> Run:
        return start_run(by=self.social.actor(), spec=spec or self.spec(), delivery_id=uuid4())

    def at_source(self, statement: str) -> None:
        with psycopg.connect(self.source_url, autocommit=True) as there:
            there.execute(statement)  # type: ignore[arg-type]

    def arrived(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.destination_url) as there:
            return there.execute('SELECT * FROM landing.people ORDER BY 1').fetchall()

    def landed(self) -> list[str]:
        with psycopg.connect(self.destination_url) as there:
            rows = there.execute("SELECT relname FROM pg_class WHERE relnamespace = 'landing'::regnamespace").fetchall()
        return [name for (name,) in rows]


def connection(owner: House, name: str, address: str, secret: str | None = None) -> Connection:
    parts = urlsplit(address)
    row = Connection(
        name=name, department=owner.row, engine="postgresql", network="extranet", host=parts.hostname or "",
        port=parts.port or 0, database=parts.path[1:], user=parts.username or "", created_at=MONDAY, created_by="test",
        state="live",
    )
    row.sealed_secret = secrets.seal(row.pk, {"secret": parts.password or "" if secret is None else secret})
    row.save()
    return row


def make_story(source_url: str, destination_url: str) -> Story:
    """200 people, three of them with a number whose check digit is wrong."""
    master = Path(settings.ZAMPA_MASTER_KEY_FILE)
    if not master.exists():
        master.parent.mkdir(parents=True, exist_ok=True)
        master.write_bytes(seals.new_master_key())
    region = Region.objects.get_or_create(code="540000", defaults={"name": "西藏自治区", "level": "region"})[0]
    police = house("公安厅", region, "editor", "sharing_head")
    social = house("人社厅", region, "editor", "sharing_head")
    authority = house("数据局", region, "authority", governs=True)
    stranger = house("气象局", region, "editor", "sharing_head")
    resource = Resource.objects.create(
        code=f"306009/{next(_number)}", name="常住人口基本信息", provider=police.row, sharing="conditional",
        state="published", created_by_name="test", created_at=MONDAY, updated_at=MONDAY,
    )
    source = connection(police, "人口库", source_url)
    Attachment.objects.create(
        resource=resource, connection=source, kind="table",
        table_ref=msgspec.to_builtins(TableRef(schema="public", name="people")), state="live",
        applied_by_name="test", applied_at=MONDAY,
    )
    story = Story(
        police, social, authority, stranger, source, connection(social, "前置库", destination_url), resource,
        source_url, destination_url,
    )
    _fill(story)
    return story


def _fill(story: Story) -> None:
    story.at_source("DROP TABLE IF EXISTS people")
    story.at_source("CREATE TABLE people (id bigint PRIMARY KEY, id_number varchar(18), name text)")
    with psycopg.connect(story.source_url, autocommit=True) as there, there.cursor() as cursor:
        numbers = [resident(i) if i >= BAD else "54010219500101001Z" for i in range(ROWS)]
        people = [(i, number, "扎西顿珠") for i, number in enumerate(numbers)]
        cursor.executemany("INSERT INTO people VALUES (%s, %s, %s)", people)
    with psycopg.connect(story.destination_url, autocommit=True) as there:
        there.execute("DROP SCHEMA IF EXISTS landing CASCADE")
        there.execute("CREATE SCHEMA landing")
