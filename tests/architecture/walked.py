"""An installation with one of everything in it, and every address of it filled with what really exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from zampa.approvals import acts as approvals
from zampa.approvals.models import Clock, Extension, PolicyProfile
from zampa.catalogue import acts as catalogue
from zampa.catalogue.models import (
    ClassMap,
    ClassNode,
    Collection,
    ColumnMap,
    DraftingJob,
    Import,
    Item,
    Judgement,
    PeerCode,
    QualityRule,
    Resource,
    Ruling,
    SavedSearch,
    SecretWord,
)
from zampa.census.models import AllowedNetwork
from zampa.contracts.actors import SYSTEM, Subject
from zampa.contracts.deliveries import DeliverySpec, Mark
from zampa.contracts.flowspecs import GrantedField
from zampa.contracts.schemas import TableRef
from zampa.entrance.models import Export
from zampa.exchange.models import CallRow, Delivery, Gateway, Paper
from zampa.exchange.tests.story import MONDAY, House, Story, granted, make_story
from zampa.flows.watching import BadRow
from zampa.ground.clock import utc_now
from zampa.ground.ids import new_id
from zampa.identity import acts as identity
from zampa.identity.models import Deputy, Person, PostHolding
from zampa.identity.queries import actor_of
from zampa.ledger.models import Record
from zampa.ledger.sequencer import sequence_pending
from zampa.runs.acts import quarantine, start_run
from zampa.runs.models import Run
from zampa.standards import acts as standards
from zampa.standards.models import CodeList, Document, Element, ElementRule

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
KEPT_BACK = "被隔离的名字"
# Words in addresses that name no row.
WORDS = {
    "contents": "hashes", "kind": "request", "post": "editor", "number": 1, "name": "probe", "step": "revoke",
    "secret": "not-an-invitation",
}  # fmt: skip
# Rows of a department that other departments must not learn of.
PRIVATE = {
    "request_id", "grant_id", "delivery_id", "call_id", "connection_id", "run_id", "paper_id", "key_id", "deputy_id",
    "token_id", "clock_id", "extension_id", "gateway_id", "subject_id", "export_id", "search_id", "job_id", "import_id",
}  # fmt: skip


@dataclass
class World:
    """`rows`: parameter of an address -> a row that is there; `people`: who walks, by department and post."""

    story: Story
    rows: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    draft: str = ""

    def private(self) -> dict[str, str]:
        return {name: self.rows[name] for name in PRIVATE}


def a_person(house: House, post: str) -> Person:
    row = Person.objects.create(username=f"w-{uuid4().hex[:8]}", name=post, department=house.row, created_at=MONDAY)
    PostHolding.objects.create(person=row, department=house.row, post=post, starts=MONDAY, granted_by="test")
    house.people[post] = row
    return row


def make_world() -> World:
    story = make_story()
    for name in ("police", "stranger"):
        a_person(getattr(story, name), "department_head")
    world = World(story)
    for name in ("police", "social", "stranger", "authority"):
        for post, person in getattr(story, name).people.items():
            world.people[f"{name}.{post}"] = person
    for post in ADMINISTRATORS:
        row = Person.objects.create(username=f"w-{post}", name=post, created_at=MONDAY)
        PostHolding.objects.create(person=row, post=post, starts=MONDAY, granted_by="test")
        world.people[post] = row
    _sharing(world)
    _house(world)
    _standards(world)
    _quality(world)
    sequence_pending()
    world.rows["record_id"] = str(Record.objects.order_by("id").last().pk)
    return world


def _sharing(world: World) -> None:
    """A request with a paper, its grant, delivery, gateway, call and run with a quarantined row."""
    story, now = world.story, utc_now()
    grant = granted(story)
    delivery = Delivery.objects.filter(grant=grant).first()
    gateway = Gateway.objects.create(
        name="公安厅网关", department=story.police.row, sign_public="ed25519:x", sign_key_id="x", seal_public="x",
        enrolled_at=now, heard_at=now,
    )  # fmt: skip
    call = CallRow.objects.create(
        gateway=gateway, call="c-1", at=now, grant=grant.pk, grant_number=grant.number, resource=story.resource.pk,
        requester=story.social.row.pk, provider=story.police.row.pk, outcome="answered", status=200,
    )  # fmt: skip
    paper = Paper.objects.create(
        request=grant.request, name="依据.pdf", media_type="application/pdf", digest="0" * 64, size=1,
        added_by_name="x", added_at=now,
    )  # fmt: skip
    run = _run(world, delivery)
    world.rows |= {
        "request_id": str(grant.request_id), "grant_id": str(grant.pk), "delivery_id": str(delivery.pk),
        "gateway_id": str(gateway.pk), "call_id": str(call.pk), "paper_id": str(paper.pk), "run_id": str(run.pk),
        "subject_id": str(grant.request_id), "resource_id": str(story.resource.pk), "pk": str(story.resource.pk),
        "item_id": str(Item.objects.filter(resource=story.resource).first().pk),
        "attachment_id": str(story.attachment.pk), "connection_id": str(story.source.pk),
        "system_id": str(story.system.pk),
    }  # fmt: skip


def _run(world: World, delivery: Delivery) -> Run:
    """A run that is over, with one row kept back under its seal."""
    story, now = world.story, utc_now()
    spec = DeliverySpec(
        grant=str(delivery.grant_id), resource=str(story.resource.pk), resource_name=story.resource.name,
        provider=str(story.police.row.pk), requester=str(story.social.row.pk), source_connection=str(story.source.pk),
        source_table=TableRef(schema="public", name="people"), mode="file", file_format="csv",
        fields=(GrantedField(name="姓名", column="name"),),
        mark=Mark(requester="人社厅", grant="G", delivery="D", issued="2026-11-23T02:00:00Z"),
    )  # fmt: skip
    run = start_run(by=actor_of(world.people["social.sharing_head"]), spec=spec, delivery_id=delivery.pk)
    run.state, run.rows_bad, run.bad_by_code = "done", 1, {"flows.check.not_null": 1}
    run.quarantine_until, run.sealed_key = now + timedelta(days=30), quarantine.new_key(run)
    run.save()
    quarantine.sink(run)([BadRow(("flows.check.not_null",), {"id": "1"}, {"姓名": KEPT_BACK})])
    return run


def _house(world: World) -> None:
    """Keys, tokens, deputies, clocks, and an entry that is still a draft."""
    story, now = world.story, utc_now()
    approvals.load_packaged_profiles(by=SYSTEM)
    head = world.people["social.sharing_head"]
    key, _ = identity.issue_bearer_key(
        by=actor_of(head), system_id=story.system.pk, system_name=story.system.name, department_id=story.social.row.pk
    )
    token, _ = identity.make_token(by=actor_of(head), name="报表", scopes=["read"], days=30, proven=True)
    deputy = Deputy.objects.create(
        person=head, stand_in=world.people["social.editor"], post="sharing_head", starts=now.date(), ends=now.date(),
        named_at=now,
    )  # fmt: skip
    clock = Clock.objects.order_by("pk").first() or approvals.start_clock(
        subject=Subject("exchange.request", str(new_id()), "x"), name="reply_conditional",
        department_id=story.police.row.pk, received=now,
    )  # fmt: skip
    extension = Extension.objects.create(
        clock=clock, days=5, reason="x", asked_by="x", asked_at=now, authority=story.authority.row
    )
    network = AllowedNetwork.objects.create(cidr="10.1.0.0/16", approved_by="x", approved_at=now)
    export = Export.objects.create(
        person=head, kind="csv", name="x.csv", title="x", address="/identity/people/?export=csv", language="en",
        state="done", asked_at=now,
    )  # fmt: skip
    _classes(world)
    _drafting(world)
    draft = Resource.objects.create(
        code="306002/9", name="尚未发布的目录草稿", provider=story.police.row, sharing="conditional", state="draft",
        created_by_name="x", created_at=now, updated_at=now,
    )  # fmt: skip
    word = SecretWord.objects.create(word="雪狮计划", reason="x", added_by_name="x", added_at=now)
    world.rows["word_id"] = str(word.pk)
    collection = Collection.objects.create(
        number="CJ-2026-0000001", name="就业登记", department=story.social.row, basis="x", whom="persons",
        asked_whom="x", channel="online", period="once", state="active", created_by_name="x", created_at=now,
    )  # fmt: skip
    world.rows["collection_id"] = str(collection.pk)
    world.draft = str(draft.pk)
    kept = SavedSearch.objects.create(person=head, name="人口", words="人口", created_at=now, looked_to=now)
    world.rows |= {
        "key_id": str(key.pk), "token_id": str(token.pk), "deputy_id": str(deputy.pk), "clock_id": str(clock.pk),
        "extension_id": str(extension.pk), "network_id": str(network.pk),
        "profile_id": str(PolicyProfile.objects.first().pk), "person_id": str(head.pk),
        "department_id": str(story.social.row.pk), "export_id": str(export.pk), "search_id": str(kept.pk),
    }  # fmt: skip


def _classes(world: World) -> None:
    """Two schemes and a map between them."""
    facts = {"code": "9", "name": "测试", "depth": 1, "lineage": ["9"]}
    ends = [ClassNode.objects.create(scheme=scheme, **facts) for scheme in ("w-1", "w-2")]
    made = ClassMap.objects.create(node=ends[0], other=ends[1], made_by_name="x", made_at=utc_now())
    world.rows |= {"map_id": str(made.pk), "scheme": "w-1"}


def _quality(world: World) -> None:
    """A rule the entry states, and a judgement that nobody has carried out yet."""
    resource, now = world.story.resource, utc_now()
    rule = QualityRule.objects.create(
        resource=resource, code="filled", kind="not_null", stated_by_name="x", stated_at=now,
        spec={"code": "filled", "field": resource.items.first().name, "test": {"kind": "not_null"}},
    )  # fmt: skip
    judgement = Judgement.objects.create(
        resource=resource, occasion="asked", state="done", asked_at=now, finished_at=now, latest=True, score=500,
        scores={"complete": 500}, broken=1,
    )  # fmt: skip
    Ruling.objects.create(
        judgement=judgement, position=0, code="filled", origin="own", kind="not_null", dimension="complete",
        spec=rule.spec, checked=2, failed=1, held=False,
    )  # fmt: skip
    world.rows |= {"quality_rule_id": str(rule.pk), "judgement_id": str(judgement.pk)}


def _drafting(world: World) -> None:
    """A drafting job of the provider that is over."""
    story, now = world.story, utc_now()
    job = DraftingJob.objects.create(
        department=story.police.row, connection=story.source, person=world.people["police.editor"], asked_by_name="x",
        asked_at=now, state="done", total=0, ended_at=now,
    )  # fmt: skip
    world.rows["job_id"] = str(job.pk)
    read = ColumnMap.objects.create(
        department=story.police.row, name="某市", fingerprint="0" * 64, columns={"name": "名称"}, made_by_name="x",
        made_at=now,
    )  # fmt: skip
    brought = Import.objects.create(
        department=story.police.row, person=world.people["police.editor"], asked_by_name="x", asked_at=now,
        name="a.csv", digest="0" * 64, kind="csv", column_map=read, state="done", ended_at=now,
    )  # fmt: skip
    world.rows["import_id"] = str(brought.pk)
    catalogue.load_peers(by=SYSTEM)
    world.rows |= {"peer_code_id": str(PeerCode.objects.first().pk), "peer": "a"}


def _standards(world: World) -> None:
    """A code list, an element that draws on it, and the document behind both."""
    now = utc_now()
    standards.load_packaged_lists(by=SYSTEM, only=["sex"])
    listed = CodeList.objects.get(code="sex")
    document = Document.objects.create(
        family="quality", number="DB54/T 1", title="数据元规范", state="in_force", created_by_name="x", created_at=now,
        updated_at=now,
    )  # fmt: skip
    element = Element.objects.create(
        number="DE-1", name="性别", domain="list", code_list=listed, document=document, state="in_force",
        created_by_name="x", created_at=now, updated_at=now,
    )  # fmt: skip
    rule = ElementRule.objects.create(
        element=element, code="filled", kind="not_null", spec={"code": "filled", "test": {"kind": "not_null"}},
        added_by_name="x", added_at=now,
    )  # fmt: skip
    world.rows |= {
        "list_id": str(listed.pk), "document_id": str(document.pk), "element_id": str(element.pk),
        "element_number": element.number, "rule_id": str(rule.pk),
    }  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A page's name, its route with `<converter:param>`, and the parameters in it."""

    name: str
    route: str
    params: tuple[str, ...]

    @property
    def private(self) -> bool:
        return bool(PRIVATE.intersection(self.params))

    def filled(self, rows: dict[str, Any]) -> str:
        """The path with real rows in it; KeyError for a parameter nobody has told what to fill in."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name == "id":
                return str(rows["record_id"])
            if self.name.startswith("catalogue:attachment") and name == "pk":
                return str(rows["attachment_id"])
            if self.route.startswith("account/") and name == "pk":
                return "1"
            return str(rows[name] if name in rows else WORDS[name])

        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, self.route)


def pages() -> list[Address]:
    """Every page of the portal, the JSON API apart."""
    found = [Address(name, route, tuple(re.findall(r"<(?:\w+:)?(\w+)>", route))) for name, route in _routes()]
    return [one for one in found if not one.route.startswith(("api/", "static/"))]


def _routes(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLPattern):
            yield space + (part.name or ""), prefix + str(part.pattern)
        else:
            inner = space + (f"{part.namespace}:" if part.namespace else "")
            yield from _routes(part, prefix + str(part.pattern), inner)


def operations(description: dict[str, Any]) -> list[tuple[str, Address]]:
    """Every operation of the JSON API from its own description: (METHOD, address)."""
    found = []
    for path, methods in description["paths"].items():
        route = re.sub(r"{(\w+)}", r"<\1>", path.removeprefix("/"))
        address = Address(f"api:{path}", route, tuple(re.findall(r"<(\w+)>", route)))
        found += [(method.upper(), address) for method in methods]
    return found
