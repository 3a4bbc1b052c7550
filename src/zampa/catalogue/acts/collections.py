"""The register of collections: what is shared already is not collected again, unless the authority allows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from zampa.approvals import acts as approvals
from zampa.catalogue import queries, queries_collections, rules
from zampa.catalogue.acts.dependants import note_dependant, note_dependant_gone
from zampa.catalogue.events import Event
from zampa.catalogue.models import CollectedItem, Collection, Item
from zampa.catalogue.rules import collections as said
from zampa.catalogue.rules.collections import Overlap, Wanted
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.ledger.acts import act, enter
from zampa.standards import queries as standards

RULE = "catalogue.collection"  # the authority's word on a collection of what is shared
DEPENDS = "catalogue.collection"
CHOICES = {"whom": Collection.Whom, "channel": Collection.Channel, "period": Collection.Period}


@dataclass(frozen=True, kw_only=True)
class CollectionDraft:
    """What a clerk fills in of a collection."""

    name: str
    basis: str = ""
    whom: str = "persons"
    asked_whom: str = ""
    channel: str = "online"
    period: str = "once"
    feeds_id: UUID | str | None = None


@act
def register_collection(
    *, by: Actor, draft: CollectionDraft, items: Sequence[Wanted], plea: str = "", now: datetime | None = None
) -> Collection:
    """Enter a collection into the register. NotValid "already_shared", a fault for each item and entry that has it
    already, unless `plea` says why it is needed all the same: then it waits for the authority."""
    now = now or utc_now()
    rules.may_edit(by, by.department).require()
    _check(by, draft, items)
    found = queries_collections.shared_already(items, draft.feeds_id)
    if found and not plea.strip():
        faults = [Fault("items", "catalogue.collection.has_it", _params(one)) for one in found[:100]]
        raise NotValid("catalogue.collection.already_shared", faults=faults, count=len({one.item for one in found}))
    made = Collection.objects.create(
        number=_next_number(now), department_id=by.department, state="asked" if found else "active",
        overlaps=msgspec.to_builtins(found), plea=plea.strip() if found else "", created_by_name=by.name,
        created_at=now, **asdict(draft),
    )  # fmt: skip
    _write_items(made, items)
    if found:
        authority = people.authority_of(made.department_id)
        approvals.open_task(
            kind=RULE, department_id=authority.pk, post="authority", subject=_subject(made),
            url_name="catalogue:collection", url_arg=str(made.pk), now=now,
        )  # fmt: skip
    record = _note(Event.COLLECTION_ASKED if found else Event.COLLECTION_REGISTERED, by, made, {"plea": made.plea}, now)
    if not found:
        _depend(made, record, now)
    return made


@act
def rule_collection(
    *, by: Actor, collection_id: UUID | str, verdict: str = "yes", reason: str = "", now: datetime | None = None
) -> Collection:
    """The authority's word: yes overrules the check, no refuses the register; each with its reason."""
    now = now or utc_now()
    made = _locked(by, collection_id)
    said.may_overrule(by, str(made.department.region_id)).require()
    if made.state != "asked":
        raise Conflict("catalogue.collection.wrong_state")
    if not reason.strip():
        raise NotValid("catalogue.collection.not_valid", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    approvals.decide(by=by, subject=_subject(made), kind=RULE, verdict=verdict, reason=reason, now=now)
    made.state = Collection.State.ACTIVE if verdict == "yes" else Collection.State.REFUSED
    made.ruling, made.ruled_by_name = reason.strip(), by.name
    made.save(update_fields=["state", "ruling", "ruled_by_name"])
    event = Event.COLLECTION_OVERRULED if verdict == "yes" else Event.COLLECTION_REFUSED
    record = _note(event, by, made, {"reason": reason.strip(), "plea": made.plea}, now)
    if verdict == "yes":
        _depend(made, record, now)
    return made


@act
def end_collection(*, by: Actor, collection_id: UUID | str, reason: str, now: datetime | None = None) -> Collection:
    """It collects no more; the entries it drew on are free of it."""
    now = now or utc_now()
    made = _locked(by, collection_id)
    rules.may_edit(by, str(made.department_id)).require()
    if made.state not in ("active", "asked"):
        raise Conflict("catalogue.collection.wrong_state")
    if not reason.strip():
        raise NotValid("catalogue.collection.not_valid", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    approvals.close_tasks(subject=_subject(made), now=now)
    made.state, made.ended_at, made.ended_reason = Collection.State.ENDED, now, reason.strip()
    made.save(update_fields=["state", "ended_at", "ended_reason"])
    note_dependant_gone(kind=DEPENDS, dependant_id=str(made.pk), now=now)
    _note(Event.COLLECTION_ENDED, by, made, {"reason": reason.strip()}, now)
    return made


def taken_from(items: Sequence[Wanted], found: Sequence[Overlap]) -> list[Wanted]:
    """The same items, each that the catalogue shares now taken from the first entry that has it."""
    first: dict[str, str] = {}
    for one in found:
        first.setdefault(one.item, one.shared.id)
    return [msgspec.structs.replace(item, source=item.source or first.get(item.name, "")) for item in items]


def _check(by: Actor, draft: CollectionDraft, items: Sequence[Wanted]) -> None:
    faults = said.collection_faults({name: getattr(draft, name) for name in said.NEEDED}, items)
    for name, words in CHOICES.items():
        if getattr(draft, name) not in words.values:
            faults.append(Fault(name, "catalogue.unknown_word", {"name": name}))
    known = standards.numbers_known([item.element for item in items if item.element], by.department)
    for number, item in enumerate(items, start=1):
        if item.element and item.element not in known:
            params = {"number": number, "element": item.element}
            faults.append(Fault("items", "catalogue.item.unknown_element", params))
    sources = {item.source for item in items if item.source}
    shared = Item.objects.filter(resource__in=queries.published(by), pk__in=sources).exclude(sharing="none")
    if len(sources) != shared.count():
        faults.append(Fault("items", "catalogue.collection.unknown_source"))
    if draft.feeds_id and str(queries.resource(by, draft.feeds_id).provider_id) != by.department:
        faults.append(Fault("feeds_id", "catalogue.access.other_department"))
    if faults:
        raise NotValid("catalogue.collection.not_valid", faults=faults)


def _params(one: Overlap) -> dict[str, object]:
    return {
        "item": one.item, "by": one.by, "shared": one.shared.name, "resource": one.shared.resource_name,
        "resource_id": one.shared.resource, "item_id": one.shared.id, "provider": one.shared.provider,
    }  # fmt: skip


def _write_items(made: Collection, items: Sequence[Wanted]) -> None:
    sources = {str(row.pk): row for row in Item.objects.select_related("resource").filter(
        pk__in=[item.source for item in items if item.source]
    )}  # fmt: skip
    CollectedItem.objects.bulk_create(
        CollectedItem(
            collection=made, position=place, name=item.name.strip()[:200], element=item.element, note=item.note[:300],
            source=(row := sources.get(item.source)), source_name=f"{row.resource.name}：{row.name}" if row else "",
        )
        for place, item in enumerate(items, start=1)
    )  # fmt: skip


def _depend(made: Collection, cause: UUID, now: datetime) -> None:
    """Entries it takes items from count it among those who use them: told of changes, and not withdrawn under it."""
    by_entry: dict[UUID, list[str]] = {}
    for row in made.items.select_related("source").exclude(source=None):
        if row.source is not None:
            by_entry.setdefault(row.source.resource_id, []).append(str(row.source_id))
    for entry, used in by_entry.items():
        note_dependant(
            resource_id=entry, kind=DEPENDS, dependant_id=str(made.pk), name=f"{made.number} {made.name}"[:300],
            department_id=made.department_id, items=used, cause=cause, now=now,
        )  # fmt: skip


def _next_number(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue.collection.number', 0))")
    start = f"CJ-{now.year}-"
    last = Collection.objects.filter(number__startswith=start).order_by("-number").values_list("number", flat=True)
    return f"{start}{int(last[0].rsplit('-', 1)[1]) + 1 if last else 1:07d}"


def _locked(by: Actor, collection_id: UUID | str) -> Collection:
    queries_collections.collection(by, collection_id)
    return Collection.objects.select_for_update(of=("self",)).select_related("department").get(pk=collection_id)


def _subject(made: Collection) -> Subject:
    return Subject("catalogue.collection", str(made.pk), made.name)


def _note(event: Event, by: Actor, made: Collection, more: dict[str, object], now: datetime) -> UUID:
    facts = {
        "number": made.number, "items": [row.name for row in made.items.all()],
        "overlaps": len(made.overlaps), **more,
    }  # fmt: skip
    return enter(
        event=event, by=by, subject=_subject(made), parties=[str(made.department_id)],
        regions=[made.department.region_id], facts=facts, at=now,
    )  # fmt: skip
