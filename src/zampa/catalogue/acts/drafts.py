"""Making and editing entries. Nothing needs to be whole before it is submitted, but no unknown word gets in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

from zampa.catalogue import rules
from zampa.catalogue.acts import placing, steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import ClassNode, Item, Resource
from zampa.catalogue.rules.entries import TYPE_LETTERS
from zampa.census import queries as census
from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import DataType
from zampa.flows.checks import validate_checks
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act
from zampa.standards import queries as standards


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a clerk fills in of an entry; nothing needs to be whole before it is submitted."""

    name: str
    name_bo: str = ""
    abstract: str = ""
    code_scheme: str = "guide-2017"
    class_code: str = ""
    format: str = "database"
    format_note: str = ""
    category: str = "business"
    sharing: str = "unconditional"
    use_requirement: str = ""
    conditions: str = ""
    scope: str = ""
    ways: Sequence[str] = ()
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    opening_conditions: str = ""
    update_cycle: str = "irregular"
    grade: str = "2"
    related_codes: Sequence[str] = ()
    secrecy_checked: bool = False
    system_id: UUID | str | None = None
    formats: Sequence[Mapping[str, str]] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    suggestions: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """One item as filled in. `id` empty: a new one; an item left out is dropped."""

    name: str
    id: str = ""
    name_bo: str = ""
    column: str = ""
    path: str = ""
    element: str = ""
    type: str = "text"
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    key: bool = False
    nullable: bool = True
    sensitivity: str = "public"
    sharing: str = "unconditional"
    conditions: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    checks: Sequence[Check] = ()
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    suggestion: dict[str, str] = field(default_factory=dict)


@act
def draft_resource(
    *, by: Actor, draft: Draft, items: Sequence[ItemDraft] = (), now: datetime | None = None
) -> Resource:
    """A new entry of the actor's own department; Conflict when it has one of that name."""
    now = now or utc_now()
    rules.may_edit(by, by.department).require()
    resource = Resource(
        provider_id=by.department, created_by_name=by.name, created_at=now, updated_at=now, state=Resource.State.DRAFT
    )
    _fill(resource, by, draft)
    resource.suggestions = dict(draft.suggestions)
    resource.save(force_insert=True)
    placing.follow_class(resource)
    write_items(resource, items)
    steps.note(Event.RESOURCE_DRAFTED, by, resource, {"name": resource.name, "items": len(items)}, now)
    return resource


@act
def edit_resource(*, by: Actor, resource_id: UUID | str, draft: Draft, now: datetime | None = None) -> Resource:
    """Change the elements of a draft, of a returned entry, or of a change being prepared."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "edit")
    rules.may_edit(by, str(resource.provider_id)).require()
    before = steps.snapshot(resource)
    _fill(resource, by, draft)
    resource.state, resource.updated_at = state, now
    resource.save()
    placing.follow_class(resource)
    changed = [name for name, _, _ in rules.differences(before, steps.snapshot(resource))]
    steps.note(Event.RESOURCE_EDITED, by, resource, {"changed": changed}, now)
    return resource


@act
def edit_items(
    *, by: Actor, resource_id: UUID | str, items: Sequence[ItemDraft], now: datetime | None = None
) -> Resource:
    """Replace the items by these; those with an id keep it."""
    now = now or utc_now()
    resource, state = steps.locked(by, resource_id, "edit")
    rules.may_edit(by, str(resource.provider_id)).require()
    before = steps.snapshot(resource)
    write_items(resource, items)
    resource.state, resource.updated_at = state, now
    resource.save(update_fields=["state", "updated_at"])
    changed = [name for name, _, _ in rules.differences(before, steps.snapshot(resource))]
    steps.note(Event.RESOURCE_EDITED, by, resource, {"changed": changed}, now)
    return resource


def draft_of(item: Item) -> ItemDraft:
    """A stored item as a clerk would have filled it in."""
    names = set(ItemDraft.__dataclass_fields__) - {"id", "checks"}
    checks = [msgspec.convert(check, Check) for check in item.checks]
    return ItemDraft(id=str(item.pk), checks=checks, **{name: getattr(item, name) for name in names})


def entry_of(resource: Resource) -> Draft:
    """A stored entry as a clerk would have filled it in."""
    names = set(Draft.__dataclass_fields__) - {"system_id"}
    return Draft(system_id=resource.system_id, **{name: getattr(resource, name) for name in names})


def _fill(resource: Resource, by: Actor, draft: Draft) -> None:
    if not draft.name.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("name", "catalogue.resource.missing")])
    for name in steps.PLAIN:
        if hasattr(draft, name):
            setattr(resource, name, _plain(getattr(draft, name)))
    if faults := _unknown_words(resource) + rules.extra_faults(resource.extra) + rules.format_faults(resource.formats):
        raise NotValid("catalogue.resource.incomplete", faults=faults)
    node = ClassNode.objects.filter(scheme=resource.code_scheme, code=resource.class_code).first()
    if resource.class_code and node is None:
        raise NotValid(
            "catalogue.resource.unknown_class", faults=[Fault("class_code", "catalogue.resource.unknown_class")]
        )
    resource.class_name = node.name if node else ""
    resource.name_key = name_key(resource.name)
    resource.system = census.system(by, draft.system_id) if draft.system_id else None
    twin = Resource.objects.filter(provider_id=resource.provider_id, name=resource.name, replaces=None)
    if twin.exclude(state="withdrawn").exclude(pk__in=[resource.pk, resource.replaces_id]).exists():
        raise NotValid(
            "catalogue.resource.name_taken",
            faults=[Fault("name", "catalogue.resource.name_taken", {"name": resource.name})],
        )


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return {name: text.strip() for name, text in value.items() if text.strip()}
    return list(value) if isinstance(value, (list, tuple)) else value


def _unknown_words(row: Resource | Item, where: str = "") -> list[Fault]:
    """Words outside a list are refused, whoever sends them: the API has no drop-down."""
    faults = []
    for column in row._meta.fields:
        words = {word for word, _ in column.flatchoices}
        value = getattr(row, column.attname)
        if words and value != "" and value not in words:
            faults.append(Fault(where or column.name, "catalogue.unknown_word", {"name": column.name}))
    ways = getattr(row, "ways", [])
    if any(way not in Resource.Way.values for way in ways):
        faults.append(Fault("ways", "catalogue.unknown_word", {"name": "ways"}))
    return faults


def write_items(resource: Resource, drafts: Sequence[ItemDraft]) -> None:
    """Items keep their id where they bring one of this entry; the order given is the order kept."""
    mine = {str(item.pk): item for item in Item.objects.filter(resource=resource)}
    if any(row.id and row.id not in mine for row in drafts):
        raise NotValid("catalogue.item.unknown", faults=[Fault("items", "catalogue.item.unknown")])
    rows = [_item(mine.get(row.id) or Item(resource=resource), row, place) for place, row in enumerate(drafts, start=1)]
    if faults := [*_grid_faults(rows), *_element_faults(resource, rows)]:
        raise NotValid("catalogue.item.not_valid", faults=faults, count=len(faults))
    Item.objects.filter(resource=resource).exclude(pk__in=[row.id for row in drafts if row.id]).delete()
    for item in rows:
        item.save()


def _element_faults(resource: Resource, rows: Sequence[Item]) -> list[Fault]:
    """An item is bound to an element of the region's or of its own department, or to none."""
    known = standards.numbers_known([item.element for item in rows], str(resource.provider_id))
    return [
        Fault(f"items.{number}", "catalogue.item.unknown_element", {"number": number, "element": item.element})
        for number, item in enumerate(rows, start=1)
        if item.element and item.element not in known
    ]


def _item(item: Item, row: ItemDraft, position: int) -> Item:
    for name in steps.ITEM_PLAIN:
        if hasattr(row, name) and name not in ("checks", "suggestion"):
            setattr(item, name, _plain(getattr(row, name)))
    item.position = position
    item.type_letter = TYPE_LETTERS.get(row.type, "C")
    item.checks = [msgspec.to_builtins(check) for check in row.checks]
    item.suggestion = row.suggestion or item.suggestion
    return item


def _grid_faults(rows: Sequence[Item]) -> list[Fault]:
    """Everything wrong in the grid, by row: names, types, words, checks that could not be carried out."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, item in enumerate(rows, start=1):
        where, params = f"items.{number}", {"number": number, "name": item.name}
        if not item.name:
            faults.append(Fault(where, "catalogue.item.missing_name", params))
        elif item.name in seen:
            faults.append(Fault(where, "catalogue.item.name_twice", params))
        seen.add(item.name)
        if item.type not in TYPE_LETTERS:
            faults.append(Fault(where, "catalogue.item.unknown_type", {**params, "type": item.type}))
            continue
        faults += _unknown_words(item, where)
        faults += [Fault(where, one.code, {**params, **one.params}) for one in rules.item_extra_faults(item.extra)]
        try:
            checks = [msgspec.convert(check, Check) for check in item.checks]
            validate_checks(checks, {item.column or item.name: cast(DataType, item.type)})
        except (NotValid, msgspec.ValidationError):
            faults.append(Fault(where, "catalogue.item.bad_check", params))
    return faults
