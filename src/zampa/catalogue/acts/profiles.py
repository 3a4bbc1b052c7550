"""数据画像: a picture of an entry's table, made when its keepers ask, kept without a value of a personal item."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from zampa.catalogue import queries, rules
from zampa.catalogue import queries_quality as quality
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Item, Resource, TableProfile
from zampa.catalogue.rules.quality import may_state_rules
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import Field
from zampa.desk.deferring import defer
from zampa.flows.profiling import Picture, picture
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, ZampaError
from zampa.ledger.acts import act

PROFILE = "catalogue.profile"  # the job's spelled name
HIDDEN = ("personal", "sensitive")
KEPT = 10  # profiles of one entry
TELL_EVERY = 1.0
SILENT = 3600  # seconds after which one that began and is not over was killed


@act
def ask_profile(*, by: Actor, resource_id: UUID | str, now: datetime | None = None) -> TableProfile:
    """Queue a picture of the entry's table; the one that waits already when there is one."""
    now = now or utc_now()
    resource = queries.resource(by, resource_id)
    may_state_rules(by, str(resource.provider_id)).require()
    attachment = quality.readable(resource_id)
    if attachment is None:
        raise Conflict("catalogue.quality.nothing_to_read")
    Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    open_rows = TableProfile.objects.filter(resource=resource, state__in=("waiting", "running"))
    for row in open_rows:
        if (now - row.asked_at).total_seconds() <= SILENT:
            return row
        _failed(row, "catalogue.quality.broken_off")
    made = TableProfile.objects.create(resource=resource, attachment=attachment, asked_by_name=by.name, asked_at=now)
    steps.note(Event.PROFILE_ASKED, by, resource, {"profile": str(made.pk)}, now)
    defer(PROFILE, profile_id=str(made.pk))
    return made


def perform_profile(profile_id: UUID | str) -> TableProfile | None:
    """Make the picture; None when it is over or another worker has it. No transaction is open while it reads."""
    if not TableProfile.objects.filter(pk=profile_id, state="waiting").update(state="running"):
        return None
    row = TableProfile.objects.select_related("resource").get(pk=profile_id)
    items = {item.column: item for item in queries.items_of(row.resource_id) if item.column}
    try:
        attachment = quality.readable(row.resource_id)
        if attachment is None:
            raise Conflict("catalogue.quality.nothing_to_read")
        made = picture(
            quality.table_of(attachment),
            personal=[column for column, item in items.items() if item.sensitivity in HIDDEN],
            suspect=_suspect(items), on_progress=_teller(row),
        )  # fmt: skip
    except ZampaError as error:
        _failed(row, error.code, {name: str(value)[:200] for name, value in error.params.items()})
        return row
    return _keep(row, made)


def _suspect(items: dict[str, Item]) -> Callable[[Field, object], str]:
    """Why a column looks personal: by its name and comment, the item's name, or the shape of some of its values."""
    def said(field: Field, values: object) -> str:
        item = items.get(field.name)
        named = msgspec.structs.replace(field, comment=f"{field.comment} {item.name if item else ''}".strip())
        found = rules.suggest(named, values, about_people=people)  # type: ignore[arg-type]
        return found.reason if found.sensitivity in HIDDEN else ""

    fields = [Field(name=column, type="text", comment=item.name) for column, item in items.items()]
    people = rules.about_people(fields)
    return said


def _teller(row: TableProfile) -> Callable[[int], None]:
    told = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            TableProfile.objects.filter(pk=row.pk).update(rows=rows)

    return tell


def _failed(row: TableProfile, code: str, params: dict[str, str] | None = None) -> None:
    row.state, row.problem, row.problem_params, row.finished_at = "failed", code, params or {}, utc_now()
    row.save(update_fields=["state", "problem", "problem_params", "finished_at"])


def _keep(row: TableProfile, made: Picture) -> TableProfile:
    """A measurement: kept without a record, the oldest dropped."""
    row.state, row.rows, row.finished_at = "done", made.rows, utc_now()
    row.picture = msgspec.to_builtins(made)
    with transaction.atomic():
        row.save()
        old = TableProfile.objects.filter(resource=row.resource_id).order_by("-asked_at").values_list("pk", flat=True)
        TableProfile.objects.filter(pk__in=list(old[KEPT:])).delete()
    return row


def profiled(resource: Resource) -> list[TableProfile]:
    """The profiles of an entry, newest first."""
    return list(TableProfile.objects.filter(resource=resource).order_by("-asked_at")[:KEPT])


