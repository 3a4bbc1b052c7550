"""What the acts of this room share: the locked row, its subject, its record, its code, its content as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from zampa.approvals import acts as approvals
from zampa.approvals.models import Clock
from zampa.catalogue import queries, queries_impacts, rules
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Item, Placement, Resource
from zampa.contracts.actors import Actor, Post, Subject
from zampa.ground.errors import Conflict
from zampa.ledger.acts import enter

SIGN = "catalogue.sign"
REVIEW = "catalogue.review"
STAND = "catalogue.stand"
ATTACH = "catalogue.attach"
REDO = "catalogue.redo"
MEND = "catalogue.mend"
LATE = "catalogue.late"
ONLINE = "catalogue.online"
PROFILE = "2025-809"

PLAIN = (
    "name",
    "name_bo",
    "abstract",
    "code_scheme",
    "class_code",
    "class_name",
    "format",
    "format_note",
    "category",
    "sharing",
    "use_requirement",
    "conditions",
    "scope",
    "ways",
    "basis_kind",
    "basis_instrument",
    "basis_article",
    "opening",
    "opening_conditions",
    "update_cycle",
    "grade",
    "related_codes",
    "formats",
    "extra",
    "secrecy_checked",
)
ITEM_PLAIN = (
    "name",
    "name_bo",
    "column",
    "path",
    "element",
    "type",
    "type_letter",
    "length",
    "precision",
    "scale",
    "key",
    "nullable",
    "sensitivity",
    "suggestion",
    "sharing",
    "conditions",
    "basis_kind",
    "basis_instrument",
    "basis_article",
    "opening",
    "checks",
    "note",
    "extra",
)


def locked(by: Actor, resource_id: UUID | str, step: str) -> tuple[Resource, str]:
    """The row under lock and the state `step` leads to; NotFound for what the actor may not see, Conflict otherwise."""
    queries.resource(by, resource_id)
    row = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(pk=resource_id)
    state = rules.next_state(row.state, step)
    if state is None:
        raise Conflict("catalogue.resource.wrong_state", state=row.state, step=step)
    return row, state


def subject_of(resource: Resource) -> Subject:
    """A change is told of the entry it replaces: one timeline an entry."""
    return Subject("catalogue.resource", str(resource.replaces_id or resource.pk), resource.name)


def standing_subject(resource: Resource) -> Subject:
    """Steps of the standing decision are told apart, so that its signer may also decide an attachment."""
    return Subject("catalogue.standing", str(resource.replaces_id or resource.pk), resource.name)


def attachment_subject(made: Attachment) -> Subject:
    return Subject("catalogue.attachment", str(made.pk), made.resource.name)


def note(
    event: Event, by: Actor, resource: Resource, facts: Mapping[str, object], now: datetime, cause: UUID | None = None
) -> UUID:
    return enter(
        event=event,
        by=by,
        subject=subject_of(resource),
        parties=[str(resource.provider_id)],
        regions=[resource.provider.region_id],
        facts=facts,
        cause=cause,
        at=now,
    )


def ask(
    kind: str,
    resource: Resource,
    department_id: UUID,
    post: Post,
    now: datetime,
    *,
    subject: Subject | None = None,
    clock: Clock | None = None,
) -> None:
    """A task that leads to the entry's page."""
    approvals.open_task(
        kind=kind,
        department_id=department_id,
        post=post,
        subject=subject or subject_of(resource),
        url_name="catalogue:resource",
        url_arg=str(resource.pk),
        clock=clock,
        now=now,
    )


def next_code(class_code: str) -> str:
    """class code / sequence, the next of its class; two at once wait for each other. Schemes side by side draw from
    one sequence, so that no code is ever given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"catalogue.code.{class_code}"])
    last = 0
    for rows in (Resource.objects.all(), Placement.objects.all()):
        taken = rows.filter(code__startswith=f"{class_code}/").values_list("code", flat=True)
        last = max([last, *(int(number) for code in taken if (number := code.rsplit("/", 1)[1]).isdecimal())])
    return f"{class_code}/{last + 1:04d}"


def snapshot(resource: Resource) -> dict[str, object]:
    """The whole entry as plain values, for a version and for comparing two."""
    names = [name for name in ITEM_PLAIN if name != "suggestion"]
    items = [{name: getattr(item, name) for name in names} for item in queries.items_of(resource.pk)]
    return {
        **{name: getattr(resource, name) for name in PLAIN},
        "system": str(resource.system_id or ""),
        "placements": [
            f"{row.node.scheme}:{row.node.code}" for row in queries.placements_of(resource.pk) if not row.main
        ],
        "items": items,
    }


def entry_of(resource: Resource) -> rules.Entry:
    """The entry as the rules see it."""
    parts = rules.EntryItem.__struct_fields__
    rows = Item.objects.filter(resource=resource).order_by("position")
    items = tuple(rules.EntryItem(**{name: getattr(item, name) for name in parts}) for item in rows)
    names = set(rules.Entry.__struct_fields__) - {"items", "assessed"}
    values = {name: getattr(resource, name) for name in names}
    return rules.Entry(**values, items=items, assessed=queries_impacts.assessed(resource))
