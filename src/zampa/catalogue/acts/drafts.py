"""Making and editing entries: by hand, from a real table, and the next version of a published one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from zampa.catalogue import queries, rules
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import ClassNode, Item, Resource
from zampa.census import queries as census
from zampa.connectors.registry import connector
from zampa.contracts.actors import Actor
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import TableRef
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act

SAMPLE = 50


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a clerk fills in of an entry; nothing needs to be whole before it is submitted."""

    name: str
    name_bo: str = ""
    abstract: str = ""
    class_code: str = ""
    format: str = "database"
    sharing: str = "unconditional"
    use_requirement: str = ""
    conditions: str = ""
    scope: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    opening_conditions: str = ""
    update_cycle: str = "irregular"
    grade: str = "2"
    system_id: UUID | str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """One item as filled in. `id` empty: a new one; an item left out is dropped."""

    name: str
    id: str = ""
    name_bo: str = ""
    column: str = ""
    path: str = ""
    type: str = "text"
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    key: bool = False
    nullable: bool = True
    sensitivity: str = "public"
    sharing: str = "unconditional"
    opening: str = "none"
    checks: Sequence[Check] = ()
    note: str = ""
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
    resource.save(force_insert=True)
    _write_items(resource, items)
    steps.note(Event.RESOURCE_DRAFTED, by, resource, {"name": resource.name, "items": len(items)}, now)
    return resource


@act
def draft_from_table(
    *, by: Actor, connection_id: UUID | str, table: TableRef, draft: Draft, now: datetime | None = None
) -> Resource:
    """A new entry from a table as it really is, with suggestions and the reason of each. Reads the schema and a sample."""
    source = census.connection(by, connection_id)
    rules.may_edit(by, str(source.department_id)).require()
    items = reflect(connection_id, table)
    grade = rules.grade_of([item.sensitivity for item in items])
    sharing = draft.sharing
    if sharing == "unconditional" and any(item.sharing == "conditional" for item in items):
        sharing = "conditional"
    filled = Draft(
        **{**asdict(draft), "grade": grade, "sharing": sharing, "system_id": draft.system_id or source.system_id}
    )
    return draft_resource(by=by, draft=filled, items=items, now=now)


def reflect(connection_id: UUID | str, table: TableRef) -> list[ItemDraft]:
    """The columns of a real table as items with suggestions; a sample's values are looked at and not kept."""
    endpoint = census.endpoint_of(connection_id)
    engine = connector(endpoint.engine, census.address_policy(connection_id))
    fields = engine.schema(endpoint, table).fields
    batch = engine.sample(endpoint, table, SAMPLE)
    seen = {
        name: [str(value) for value in batch.column(name).to_pylist() if value is not None]
        for name in batch.schema.names
    }
    people = rules.about_people(fields)
    items = []
    for one in fields:
        suggestion = rules.suggest(one, seen.get(one.name, ()), about_people=people)
        name = rules.item_name(one)
        items.append(
            ItemDraft(
                name=name if name not in {item.name for item in items} else f"{name} ({one.name})",
                column=one.name,
                path=one.name,
                type=one.type,
                length=one.length,
                precision=one.precision,
                scale=one.scale,
                key=one.key,
                nullable=one.nullable,
                sensitivity=suggestion.sensitivity,
                sharing=rules.sharing_of(suggestion.sensitivity),
                checks=[
                    msgspec.structs.replace(check, field=one.name) for check in rules.checks_for(one, name, suggestion)
                ],
                suggestion={"reason": suggestion.reason} if suggestion.reason else {},
            )
        )
    return items


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
    _write_items(resource, items)
    resource.state, resource.updated_at = state, now
    resource.save(update_fields=["state", "updated_at"])
    changed = [name for name, _, _ in rules.differences(before, steps.snapshot(resource))]
    steps.note(Event.RESOURCE_EDITED, by, resource, {"changed": changed}, now)
    return resource


@act
def change_resource(*, by: Actor, resource_id: UUID | str, now: datetime | None = None) -> Resource:
    """Begin the next version of a published entry: a copy to edit, sign and review; the entry stays in use as it is."""
    now = now or utc_now()
    resource, _ = steps.locked(by, resource_id, "change")
    rules.may_edit(by, str(resource.provider_id)).require()
    if Resource.objects.filter(replaces=resource).exists():
        raise Conflict("catalogue.resource.change_open")
    change = Resource(
        provider=resource.provider,
        replaces=resource,
        system=resource.system,
        version=resource.version + 1,
        name_key=resource.name_key,
        code_scheme=resource.code_scheme,
        created_by_name=by.name,
        created_at=now,
        updated_at=now,
        state=Resource.State.DRAFT,
        **{name: getattr(resource, name) for name in steps.PLAIN},
    )
    change.save(force_insert=True)
    Item.objects.bulk_create(
        Item(resource=change, position=item.position, **{name: getattr(item, name) for name in steps.ITEM_PLAIN})
        for item in queries.items_of(resource.pk)
    )
    steps.note(Event.RESOURCE_CHANGING, by, resource, {"version": change.version}, now)
    return change


def _fill(resource: Resource, by: Actor, draft: Draft) -> None:
    if not draft.name.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("name", "catalogue.resource.missing")])
    for name in steps.PLAIN:
        if hasattr(draft, name):
            setattr(resource, name, getattr(draft, name).strip())
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
        raise Conflict("catalogue.resource.name_taken", name=resource.name)


def _write_items(resource: Resource, drafts: Sequence[ItemDraft]) -> None:
    """Items keep their id where they bring one of this entry; the order given is the order kept."""
    mine = {str(item.pk): item for item in Item.objects.filter(resource=resource)}
    strangers = [row.id for row in drafts if row.id and row.id not in mine]
    if strangers:
        raise NotValid("catalogue.item.unknown", faults=[Fault("items", "catalogue.item.unknown")])
    names = [row.name.strip() for row in drafts]
    doubled = [
        Fault(f"items.{i}", "catalogue.item.name_twice", {"number": i, "name": n})
        for i, n in enumerate(names, start=1)
        if n in names[: i - 1]
    ]
    if doubled:
        raise NotValid("catalogue.item.name_twice", faults=doubled)
    Item.objects.filter(resource=resource).exclude(pk__in=[row.id for row in drafts if row.id]).delete()
    for position, row in enumerate(drafts, start=1):
        item = mine.get(row.id) or Item(resource=resource)
        for name in steps.ITEM_PLAIN:
            if hasattr(row, name):
                setattr(item, name, getattr(row, name))
        item.position, item.name = position, row.name.strip()
        item.type_letter = rules.TYPE_LETTERS.get(row.type, "C")
        item.checks = [msgspec.to_builtins(check) for check in row.checks]
        item.suggestion = row.suggestion or item.suggestion
        item.save()
