"""A small installation for the tests of this room: four departments, their people, one entry with a live source."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings

from zampa.catalogue.models import Attachment, Item, Resource, StandingDecision
from zampa.census import secrets
from zampa.census.models import Connection, System
from zampa.contracts.actors import Actor
from zampa.evidence.seals import new_master_key
from zampa.exchange.acts import decisions, requests, signing
from zampa.exchange.acts.requests import Ask
from zampa.exchange.models import Grant, Request
from zampa.exchange.rules.grants import GrantTerms, ItemDecision
from zampa.exchange.rules.suggestions import PRESETS
from zampa.identity.models import Department, Person, PostHolding, Region
from zampa.identity.queries import actor_of

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Lhasa's official time, a working day
SECRET = "the-provider-password"
_number = itertools.count(1)

COLUMNS = (
    ("公民身份号码", "id_number", "text", 18, True, "personal", "conditional"),
    ("姓名", "name", "text", 100, False, "personal", "conditional"),
    ("出生日期", "birth", "date", None, False, "personal", "conditional"),
    ("户籍区划", "region", "text", 6, False, "public", "unconditional"),
)


@dataclass
class House:
    """A department with one person a post."""

    row: Department
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, post: str) -> Actor:
        return actor_of(self.people[post], MONDAY)


def house(name: str, region: Region, *posts: str, governs: bool = False) -> House:
    code = f"1154000000000{next(_number):05d}"
    row = Department.objects.create(code=code, name=name, region=region, governs=governs, created_at=MONDAY)
    made = House(row)
    for post in posts:
        person = Person.objects.create(
            username=f"p{next(_number)}", name=f"{name}{post}", department=row, created_at=MONDAY
        )
        PostHolding.objects.create(
            person=person, department=row, post=post, starts=datetime(2026, 1, 1, tzinfo=UTC), granted_by="test"
        )
        made.people[post] = person
    return made


@dataclass
class Story:
    police: House
    social: House
    authority: House
    stranger: House
    auditor: Actor
    admin: Actor
    system: System
    source: Connection
    resource: Resource
    attachment: Attachment

    def items(self) -> list[Item]:
        return list(self.resource.items.order_by("position"))


def admin(post: str) -> Actor:
    person = Person.objects.create(username=f"p{next(_number)}", name=post, created_at=MONDAY)
    PostHolding.objects.create(person=person, post=post, starts=datetime(2026, 1, 1, tzinfo=UTC), granted_by="test")
    return actor_of(person, MONDAY)


def make_story(sharing: str = "conditional") -> Story:
    """`sharing` of the entry and of every item; an unconditional one has its standing decision."""
    master = Path(settings.ZAMPA_MASTER_KEY_FILE)
    if not master.exists():
        master.parent.mkdir(parents=True, exist_ok=True)
        master.write_bytes(new_master_key())
    region = Region.objects.get_or_create(code="540000", defaults={"name": "西藏自治区", "level": "region"})[0]
    police = house("公安厅", region, "editor", "sharing_head")
    social = house("人社厅", region, "editor", "sharing_head")
    first = not Department.objects.filter(region=region, governs=True).exists()
    authority = house("数据局", region, "authority", governs=first)
    stranger = house("气象局", region, "editor", "sharing_head")
    system = System.objects.create(
        code=f"S{next(_number)}", name="养老认证系统", department=social.row, network="extranet", created_at=MONDAY
    )
    source = Connection(
        name="人口库", department=police.row, engine="postgresql", network="extranet", host="127.0.0.1", port=5432,
        database="provider", user="zampa", created_at=MONDAY, created_by="test", state="live",
    )  # fmt: skip
    source.sealed_secret = secrets.seal(source.pk, {"secret": SECRET})
    source.save()
    resource = Resource.objects.create(
        code=f"306001/{next(_number)}", name="常住人口基本信息", provider=police.row,
        sharing=sharing, state="published",
        version=1, created_by_name="test", created_at=MONDAY, updated_at=MONDAY, published_on=date(2026, 1, 5),
    )  # fmt: skip
    for place, (name, column, kind, length, key, sensitivity, own) in enumerate(COLUMNS):
        Item.objects.create(
            resource=resource, position=place, name=name, column=column, type=kind, length=length, key=key,
            sensitivity=sensitivity, sharing=own if sharing == "conditional" else "unconditional",
        )  # fmt: skip
    attachment = Attachment.objects.create(
        resource=resource, connection=source, kind="table", table_ref={"name": "people", "schema": "public"},
        state="live", applied_by_name="test", applied_at=MONDAY,
    )  # fmt: skip
    if sharing == "unconditional":
        StandingDecision.objects.create(
            resource=resource, version=1, signed_by="x", signed_by_name="公安厅负责人", signed_at=MONDAY
        )
    auditor, operator = admin("audit_admin"), admin("system_admin")
    return Story(police, social, authority, stranger, auditor, operator, system, source, resource, attachment)


def ask(story: Story, **changes: object) -> Ask:
    plain: dict[str, object] = {
        "items": {str(item.pk): "资格认证比对" for item in story.items()},
        "basis": "《社会保险法》第七十四条",
        "scenario": "养老待遇领取资格静默认证",
        "scope": "全区在领人员",
        "ways": ("query", "verify"),
        "starts_on": date(2026, 11, 24),
        "ends_on": date(2027, 11, 23),
        "calls_per_day": 1000,
        "system_id": story.system.pk,
    }
    return Ask(**{**plain, **changes})  # type: ignore[arg-type]


def submitted(story: Story, now: datetime = MONDAY, **changes: object) -> Request:
    by = story.social.actor("editor")
    made = requests.draft_request(by=by, resource_id=story.resource.pk, ask=ask(story, **changes), now=now)
    return requests.submit_request(by=by, request_id=made.pk, now=now)


def signed(story: Story, now: datetime = MONDAY, **changes: object) -> Request:
    made = submitted(story, now, **changes)
    return signing.sign_request(by=story.social.actor("sharing_head"), request_id=made.pk, now=now)


def words(request: Request, **masks: str) -> list[ItemDecision]:
    """Yes to every item, behind the preset named for its column."""
    return [ItemDecision(str(row.pk), "yes", PRESETS[masks.get(row.column, "none")]) for row in request.items.all()]


TERMS = GrantTerms(date(2026, 11, 24), date(2027, 11, 23), quota_per_day=1000, rate_per_minute=60)


def granted(story: Story, now: datetime = MONDAY, **changes: object) -> Grant:
    request = signed(story, now, **changes)
    if request.state == "granted":
        return request.grant
    terms = TERMS if set(request.ways) & {"query", "verify", "pass"} else GrantTerms(TERMS.starts_on, TERMS.ends_on)
    return decisions.grant_request(
        by=story.police.actor("sharing_head"),
        request_id=request.pk,
        decisions=words(request, id_number="drop", name="first"),
        terms=terms,
        now=now,
    )
