"""Drafting an entry from a table as it really is: names, types, lengths, keys, comments, and what a sample suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from zampa.catalogue import rules
from zampa.catalogue.acts.drafts import Draft, ItemDraft, draft_resource
from zampa.catalogue.models import Resource
from zampa.census import queries as census
from zampa.census.models import Connection
from zampa.connectors.registry import connector
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import Field, TableRef
from zampa.ledger.acts import act

SAMPLE = 200
FORMATS = {"csv": "sheet", "xlsx": "sheet", "parquet": "self", "http": "service"}


def draft_from_table(
    *, by: Actor, connection_id: UUID | str, table: TableRef, draft: Draft, now: datetime | None = None
) -> Resource:
    """A new entry from a real table, with suggestions and the reason of each. The source is read before the
    transaction opens; its values are looked at and not kept."""
    source = _may_reflect(by=by, connection_id=connection_id)
    items = reflect(connection_id, table)
    words = [item.sensitivity for item in items]
    filled = replace(
        draft,
        grade=max(draft.grade, rules.grade_of(words)),
        sharing=_sharing(draft.sharing, items),
        category="personal" if {"personal", "sensitive"} & set(words) else draft.category,
        format=FORMATS.get(source.engine, "database"),
        format_note=draft.format_note or source.get_engine_display(),
        system_id=draft.system_id or source.system_id,
    )
    return draft_resource(by=by, draft=filled, items=items, now=now)


@act
def _may_reflect(*, by: Actor, connection_id: UUID | str) -> Connection:
    source = census.connection(by, connection_id)
    rules.may_edit(by, str(source.department_id)).require()
    return source


def _sharing(asked: str, items: Sequence[ItemDraft]) -> str:
    """An entry that holds personal items is conditional unless somebody decides otherwise."""
    if asked == "unconditional" and any(item.sharing == "conditional" for item in items):
        return "conditional"
    return asked


def reflect(connection_id: UUID | str, table: TableRef) -> list[ItemDraft]:
    """The columns of a real table as items with suggestions."""
    endpoint = census.endpoint_of(connection_id)
    engine = connector(endpoint.engine, census.address_policy(connection_id))
    fields = engine.schema(endpoint, table).fields
    batch = engine.sample(endpoint, table, SAMPLE)
    seen = {
        name: [str(value) for value in batch.column(name).to_pylist() if value is not None]
        for name in batch.schema.names
    }
    return items_from(fields, seen)


def items_from(fields: Sequence[Field], seen: dict[str, list[str]]) -> list[ItemDraft]:
    """Each column as an item. Where the table declares no key, an ID number or credit code is suggested as one."""
    people = rules.about_people(fields)
    suggestions = {one.name: rules.suggest(one, seen.get(one.name, ()), about_people=people) for one in fields}
    keys = [one.name for one in fields if one.key]
    if not keys:
        keys = [name for name, said in suggestions.items() if said.check in ("id_number", "credit_code")][:1]
    items: list[ItemDraft] = []
    for one in fields:
        said, name = suggestions[one.name], rules.item_name(one)
        sole = keys == [one.name]
        items.append(
            ItemDraft(
                name=name if name not in {item.name for item in items} else f"{name} ({one.name})",
                column=one.name,
                path=one.name,
                type=one.type,
                length=one.length,
                precision=one.precision,
                scale=one.scale,
                key=one.name in keys,
                nullable=one.nullable,
                sensitivity=said.sensitivity,
                sharing=rules.sharing_of(said.sensitivity),
                checks=rules.checks_for(one, said, sole_key=sole),
                note=one.comment[:300] if one.comment != name else "",
                suggestion={"reason": said.reason, "sensitivity": said.sensitivity} if said.reason else {},
            )
        )
    return items
