"""Questions about quality: which rules hold of an entry, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet, Sum

from zampa.catalogue import queries
from zampa.catalogue.models import Attachment, Dependant, Item, Judgement, QualityRule, Resource, Ruling, SourceDay
from zampa.catalogue.rules.interfaces import Described, Interface
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.flowspecs import Check
from zampa.contracts.quality import ACROSS, WHOLE, InList, Rule, check_of, resolved, rule_of
from zampa.contracts.schemas import DataType, TableRef
from zampa.flows.judging import Table
from zampa.flows.rulings import bound, names_of
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import NotFound
from zampa.identity import queries as people
from zampa.standards import queries as standards

ANSWERED_DAYS = 30  # looks at the source that make the dimension "accessible"


@dataclass(frozen=True)
class Holds:
    """A rule as it holds of an entry: its names are items', its code is alone among the entry's rules; `short` is the
    code it was given where it was stated."""

    rule: Rule
    origin: str
    short: str = ""


def rules_holding(resource_id: UUID | str, items: Iterable[Item] | None = None) -> list[Holds]:
    """Every rule of an entry: its items' own checks, what their data elements ask, what the entry states itself."""
    rows = list(queries.items_of(resource_id)) if items is None else list(items)
    found = [_on_item(item, rule_of(check), "item") for item in rows for check in _checks(item)]
    asked = {(one.rule.field, msgspec.json.encode(one.rule.test)) for one in found}
    inherited = standards.rules_of(item.element for item in rows)
    for item in rows:
        for rule in inherited.get(item.element, ()):
            if (item.name, msgspec.json.encode(rule.test)) not in asked:
                found.append(_on_item(item, rule, "element"))
    for row in QualityRule.objects.filter(resource_id=resource_id):
        found.append(Holds(rule_stated(row), "own", row.code))
    times: dict[str, int] = {}
    alone = []
    for one in found:
        code = one.rule.code
        times[code] = times.get(code, 0) + 1
        unlike = code if times[code] == 1 else f"{code}·{times[code]}"
        alone.append(Holds(msgspec.structs.replace(one.rule, code=unlike), one.origin, one.short))
    return alone


def _checks(item: Item) -> list[Check]:
    return [msgspec.convert(check, Check) for check in item.checks]


def _on_item(item: Item, rule: Rule, origin: str) -> Holds:
    named = msgspec.structs.replace(rule, field=item.name, code=f"{item.name}·{rule.code}")
    return Holds(named, origin, rule.code)


def with_codes(rule: Rule) -> Rule:
    """A code-list rule with the list's codes; as it is when there is no such list or it holds nothing."""
    if not isinstance(rule.test, InList):
        return rule
    try:
        held = standards.code_list_named(SYSTEM, rule.test.list)
    except NotFound:
        return rule
    ever = rule.test.valid == "ever"
    codes = standards.all_values_of(held.pk).values_list("code", flat=True) if ever else standards.codes_of(held.pk)
    return resolved(rule, tuple(dict.fromkeys(codes))) if codes else rule


def checks_of(resource_id: UUID | str, columns: Iterable[str] | None = None) -> list[Check]:
    """The checks a delivery of these columns makes: every rule that one value of one of them decides and that blocks.

    A rule on an item that is not granted says nothing of the rows as they are granted: it keeps none of them back.
    """
    wanted = None if columns is None else set(columns)
    items = {item.name: item for item in queries.items_of(resource_id)}
    found = []
    for held in rules_holding(resource_id, items.values()):
        rule, item = with_codes(held.rule), items.get(held.rule.field)
        check = check_of(rule) if rule.severity == "blocks" else None
        if check is not None and item is not None and (wanted is None or item.column in wanted):
            found.append(msgspec.structs.replace(check, code=held.short, field=item.column or item.name))
    return found


def row_rules_of(resource_id: UUID | str, columns: Iterable[str]) -> list[Rule]:
    """The rules a delivery of these columns carries out on whole rows: those that block, look at more than one item
    of the row, and at none outside `columns`. Their names are columns; one that looks into another entry is judged on
    the whole table only."""
    wanted = set(columns)
    held_by = {item.name: item.column for item in queries.items_of(resource_id) if item.column in wanted}
    found = [held.rule for held in rules_holding(resource_id) if held.rule.severity == "blocks"]
    return [
        bound(rule, held_by)
        for rule in found
        if check_of(rule) is None and not isinstance(rule.test, (InList, *ACROSS, *WHOLE))
        and set(names_of(rule)) <= held_by.keys()
    ]


def judgeable(attachment: Attachment) -> bool:
    """Whether its rows can be read one by one: tables, files and services that answer records."""
    if attachment.kind == Attachment.Kind.HTTP:
        return attachment.response == "json"
    return attachment.kind in Attachment.MOVABLE and bool(attachment.table_ref)


def readable(resource_id: UUID | str) -> Attachment | None:
    """What the entry's data can be read through now; None when nothing is attached or it does not answer."""
    rows = Attachment.objects.select_related("connection", "resource__provider")
    found = rows.filter(resource_id=resource_id, state__in=Attachment.READABLE).first()
    return found if found is not None and judgeable(found) else None


def table_of(attachment: Attachment, names: Iterable[str] | None = None) -> Table:
    """The attached table as rules see it, of all items or of the named ones."""
    wanted = None if names is None else set(names)
    items = [
        item
        for item in queries.items_of(attachment.resource_id)
        if item.column and (wanted is None or item.name in wanted)
    ]
    endpoint = census.endpoint_of(attachment.connection_id)
    ref = TableRef(name=attachment.path, kind="path")
    return Table(
        reader=connector(endpoint.engine, census.address_policy(attachment.connection_id)),
        endpoint=endpoint,
        ref=msgspec.convert(attachment.table_ref, TableRef) if attachment.table_ref else ref,
        names={item.name: item.column for item in items},
        types={item.column: cast(DataType, item.type) for item in items},
        key=tuple(item.column for item in items if item.key),
    )


def usable_items(department: UUID | str, resource_id: UUID | str) -> set[str]:
    """The names of the items of a resource that a department may compare its own data with: all of its own, and of
    another's those granted to it whole, without a mask and without a row filter. A hidden value that one may compare
    with can be found out."""
    items = queries.items_of(resource_id)
    mine = Resource.objects.filter(pk=resource_id, provider_id=UUID(str(department)), state="published", replaces=None)
    if mine.exists():
        return set(items.values_list("name", flat=True))
    granted = Dependant.objects.filter(resource_id=resource_id, department_id=department, gone_at=None)
    keys = {key for plain in granted.values_list("plain", flat=True) for key in plain}
    return {item.name for item in items if str(item.pk) in keys}


def usable_resources(actor: Actor) -> QuerySet[Resource]:
    """Entries a department may compare its data with: its own published ones and those granted to it."""
    rows = queries.published(actor)
    if not actor.department:
        return rows.none()
    granted = Dependant.objects.filter(department_id=actor.department, gone_at=None).exclude(plain=[])
    return rows.filter(Q(provider_id=actor.department) | Q(pk__in=granted.values("resource_id")))


def rule_stated(row: QualityRule) -> Rule:
    return msgspec.convert(row.spec, Rule)


def own_rule(actor: Actor, rule_id: UUID | str) -> QualityRule:
    """A rule an entry states, of an entry this actor may see."""
    rows = QualityRule.objects.select_related("resource__provider").filter(resource__in=queries.resources_of(actor))
    return people.one(rows, rule_id, "catalogue.quality.rule_not_found")


def judgements_of(resource_id: UUID | str) -> QuerySet[Judgement]:
    return Judgement.objects.filter(resource_id=resource_id)


def latest_of(resource_id: UUID | str) -> Judgement | None:
    """The newest judgement of the whole table."""
    return Judgement.objects.filter(resource_id=resource_id, latest=True).first()


def rulings_of(judgement: Judgement) -> QuerySet[Ruling]:
    return Ruling.objects.filter(judgement=judgement).order_by("position")


def latest_judgements(actor: Actor) -> QuerySet[Judgement]:
    """The newest judgement of every entry this actor may see."""
    seen = queries.resources_of(actor).filter(replaces=None)
    return Judgement.objects.select_related("resource__provider__region").filter(latest=True, resource__in=seen)


def judgement(actor: Actor, judgement_id: UUID | str) -> Judgement:
    rows = Judgement.objects.select_related("resource__provider", "attachment").filter(
        resource__in=queries.resources_of(actor)
    )
    return people.one(rows, judgement_id, "catalogue.quality.not_found")


def answered(attachment: Attachment | None) -> tuple[int, int]:
    """Looks at the source that went well, of how many, in the last thirty days."""
    if attachment is None:
        return 0, 0
    since = local_date(utc_now() - timedelta(days=ANSWERED_DAYS))
    found = SourceDay.objects.filter(attachment=attachment, day__gte=since).aggregate(well=Sum("well"), n=Sum("probes"))
    return found["well"] or 0, found["n"] or 0


def interface_of(resource: Resource) -> Interface | None:
    """What an entry's interface is described by; None when nothing that answers calls is attached."""
    attachment = queries.open_attachment(resource.replaces_id or resource.pk)
    if attachment is None or attachment.state == Attachment.State.APPLIED:
        return None
    table = attachment.reads_as == "table"
    items = tuple(
        Described(name=one.name, type=one.type, note=one.note, length=one.length, nullable=one.nullable, key=one.key)
        for one in queries.items_of(resource.pk)
        if one.column or one.path
    )
    return Interface(
        name=resource.name, abstract=resource.abstract, version=resource.version, provider=resource.provider.name,
        items=items, table=table, methods=tuple(attachment.methods), response=attachment.response,
    )  # fmt: skip
