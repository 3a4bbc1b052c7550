"""A source whose columns changed: the next version is prepared from what is there now; a person decides.

Nothing is in force until it is signed and reviewed. Items keep their words; only what the source says is taken over,
and a column that is new comes with its suggestions, as when an entry is drafted from a table.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from zampa.catalogue import queries, rules
from zampa.catalogue.acts import changes, drafts, reflecting
from zampa.catalogue.models import Resource
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import Field
from zampa.ground.errors import Conflict
from zampa.ledger.acts import act


@act
def propose_change(*, by: Actor, attachment_id: UUID | str, reason: str = "", now: datetime | None = None) -> Resource:
    """Prepare the change with the columns as the last look saw them; returns its row. Conflict when nothing differs."""
    made = queries.attachment(by, attachment_id)
    rules.may_edit(by, str(made.resource.provider_id)).require()
    fields = msgspec.convert(made.seen, list[Field])
    told = [(column, kind, said) for column, kind, said in made.differences]
    if not told or not fields:
        raise Conflict("catalogue.drift.none")
    change = changes.change_resource(by=by, resource_id=made.resource_id, ground="source", reason=reason, now=now)
    kept = [drafts.draft_of(item) for item in queries.items_of(change.pk)]
    drafts.edit_items(by=by, resource_id=change.pk, items=redrawn(kept, fields, told), now=now)
    return change


def redrawn(
    items: list[drafts.ItemDraft], fields: list[Field], told: list[tuple[str, str, str]]
) -> list[drafts.ItemDraft]:
    """The items as the source has them now: gone ones dropped, renamed and changed ones brought up to date, new ones
    at the end."""
    there = {field.name: field for field in fields}
    renamed = {column: said for column, kind, said in told if kind == "gone" and said}
    rows, taken = [], set(renamed.values())
    for item in items:
        column = renamed.get(item.column, item.column)
        field = there.get(column)
        if item.column and field is None:
            continue
        if field is None:
            rows.append(item)
            continue
        taken.add(column)
        checks = [msgspec.structs.replace(check, field=column) for check in item.checks]
        rows.append(
            replace(
                item, column=column, type=field.type, length=field.length, precision=field.precision,
                scale=field.scale, nullable=field.nullable, checks=checks,
            )
        )  # fmt: skip
    names = {item.name for item in rows}
    for item in reflecting.items_from([field for field in fields if field.name not in taken], {}):
        rows.append(
            replace(item, key=False, name=item.name if item.name not in names else f"{item.name} ({item.column})")
        )
    return rows
