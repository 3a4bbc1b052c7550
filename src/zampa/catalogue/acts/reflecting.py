"""Drafting an entry from a table as it really is: names, types, lengths, keys, comments, and what a sample suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from zampa.standards import queries as elements

SAMPLE = 200
SURE = 85  # of 100: below it a name is shown as a suggestion only, not taken
FORMATS = {"csv": "sheet", "xlsx": "sheet", "parquet": "self", "http": "service"}


@dataclass(frozen=True, kw_only=True)
class Reflected:
    """A table as it was found: where it lies, and its columns as items with their suggestions."""

    source: Connection
    items: list[ItemDraft]


def draft_from_table(
    *, by: Actor, connection_id: UUID | str, table: TableRef, draft: Draft, now: datetime | None = None
) -> Resource:
    """A new entry from a real table, with suggestions and the reason of each. The source is read before the
    transaction opens; its values are looked at and not kept."""
    found = reflected(by=by, connection=may_reflect(by=by, connection_id=connection_id), table=table)
    return draft_resource(by=by, draft=filled(draft, found), items=found.items, now=now)


@act
def may_reflect(*, by: Actor, connection_id: UUID | str) -> Connection:
    """The connection, when it is the actor's own to catalogue from."""
    source = census.connection(by, connection_id)
    rules.may_edit(by, str(source.department_id)).require()
    return source


def filled(
    draft: Draft, found: Reflected, *, name: rules.Guess | None = None, placed: rules.Guess | None = None
) -> Draft:
    """What was given, completed by what the table suggests; each suggestion keeps its reason."""
    sensitivities = {item.name: item.sensitivity for item in found.items}
    words = list(sensitivities.values())
    shared = rules.guess_sharing(sensitivities)
    scheme, _colon, code = placed.value.partition(":") if placed else ("", "", "")
    guesses = {"sharing": shared, "name": name, "class_code": placed}
    return replace(
        draft,
        grade=max(draft.grade, rules.grade_of(words)),
        sharing=shared.value if draft.sharing == "unconditional" else draft.sharing,
        category="personal" if {"personal", "sensitive"} & set(words) else draft.category,
        format=FORMATS.get(found.source.engine, "database"),
        format_note=draft.format_note or found.source.get_engine_display(),
        system_id=draft.system_id or found.source.system_id,
        code_scheme=scheme if code and not draft.class_code else draft.code_scheme,
        class_code=draft.class_code or code,
        suggestions={
            where: {"reason": one.reason, "value": one.value, "params": dict(one.params)}
            for where, one in guesses.items()
            if one is not None and one.reason
        },
    )


def reflected(*, by: Actor, connection: Connection, table: TableRef) -> Reflected:
    """The columns of a real table as items with suggestions."""
    endpoint = census.endpoint_of(connection.pk)
    engine = connector(endpoint.engine, census.address_policy(connection.pk))
    fields = engine.schema(endpoint, table).fields
    batch = engine.sample(endpoint, table, SAMPLE)
    seen = {
        name: [str(value) for value in batch.column(name).to_pylist() if value is not None]
        for name in batch.schema.names
    }
    return Reflected(source=connection, items=[_named(by, one) for one in items_from(fields, seen)])


def _named(by: Actor, item: ItemDraft) -> ItemDraft:
    """A column without a comment is called as the data element its name stands for, when one plainly does."""
    if item.name != item.column:
        return item
    found = elements.suggested(by, name=item.column, column=item.column, type=item.type, most=1)
    if not found or found[0].score < SURE:
        return item
    said = {"name": found[0].name, "element": found[0].number, "name_reason": "catalogue.suggest.name_element"}
    return replace(item, name=found[0].name, suggestion={**item.suggestion, **said})


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
                suggestion=_reasons(one, said),
            )
        )
    return items


def _reasons(column: Field, said: rules.Suggestion) -> dict[str, str]:
    """Why an item is called, graded and shared as it is suggested."""
    kept = {"name_reason": "catalogue.suggest.name_column"} if column.comment.strip() else {}
    if said.reason:
        kept |= {"reason": said.reason, "sensitivity": said.sensitivity}
    if rules.sharing_of(said.sensitivity) == "conditional":
        kept["sharing_reason"] = "catalogue.suggest.sharing_item"
    return kept
