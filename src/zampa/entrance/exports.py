"""Long lists as files: asked for on the list, written by a job, fetched for seven days by the one who asked.

The job opens the list's own address as that person, so the file holds what the page would show them then, by the same
scoped query, and nothing is written for somebody who may no longer look. Rows stream from a server-side cursor into the
file: memory stays flat however long the list is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve
from django.utils import translation

from zampa.contracts.actors import Actor, Subject
from zampa.desk.deferring import defer
from zampa.desk.exports import file_name
from zampa.desk.lists import Sink
from zampa.desk.pages import StaffRequest
from zampa.entrance.models import Export
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotFound, ZampaError
from zampa.identity.acts import send_message
from zampa.identity.queries import actor_of

MAKE = "entrance.make_export"  # the job's spelled name
KEPT = timedelta(days=7)
TRIED = timedelta(days=1)
MOST_WAITING = 5


def folder() -> Path:
    return Path(settings.ZAMPA_FILES_DIR) / "exports"


def path_of(export: Export) -> Path:
    return folder() / f"{export.pk}.{export.kind}"


@transaction.atomic
def ask_export(request: StaffRequest, kind: str, name: str, title: str, now: datetime | None = None) -> Export:
    """Queue the list of this request; one that waits already is not queued twice. Conflict beyond five waiting."""
    now = now or utc_now()
    kept = {key: value for key, value in request.GET.items() if key not in {"after", "before", "export", "size"}}
    mine = Export.objects.filter(person_id=request.actor.id, state=Export.State.WAITING)
    address = f"{request.path}?{urlencode({**kept, 'export': kind})}"
    found = mine.filter(kind=kind, address=address).first()
    if found is not None:
        return found
    if mine.count() >= MOST_WAITING:
        raise Conflict("entrance.export.too_many_waiting", limit=MOST_WAITING)
    made = Export.objects.create(
        person_id=request.actor.id, kind=kind, name=file_name(kind, name), title=title[:200], address=address,
        language=translation.get_language() or settings.LANGUAGE_CODE, asked_at=now,
    )  # fmt: skip
    defer(MAKE, export_id=str(made.pk))
    return made


def make_export(*, export_id: UUID | str, now: datetime | None = None) -> Export | None:
    """Write the file and tell its person; None when it is being written or was written. A list that may no longer be
    seen, or cannot be opened, is told as such and leaves nothing behind."""
    now = now or utc_now()
    with transaction.atomic():
        rows = Export.objects.select_for_update(of=("self",), skip_locked=True).select_related("person")
        export = rows.filter(pk=export_id, state=Export.State.WAITING).first()
        if export is None:
            return None
        export.rows, export.state = _written(export), Export.State.DONE
        if export.rows < 0:
            export.rows, export.state = 0, Export.State.FAILED
        export.until = now + KEPT
        export.save(update_fields=["rows", "state", "until"])
        _tell(export, now)
        return export


def _written(export: Export) -> int:
    """How many rows lie in the file; -1 when there is none."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = path_of(export)
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            part.chmod(0o600)
            count = _stream(export, file)
        if count is None:
            return -1
        part.replace(path)
        return count
    except (ZampaError, Http404):
        return -1
    finally:
        part.unlink(missing_ok=True)


def _stream(export: Export, file: IO[bytes]) -> int | None:
    """Open the list as its person, in a transaction of its own kind: an error inside undoes no more than itself."""
    if not export.person.is_active:
        return None
    parts = urlsplit(export.address)
    request, sink = HttpRequest(), Sink(file)
    request.method, request.path, request.path_info = "GET", parts.path, parts.path
    request.GET = QueryDict(parts.query)  # type: ignore[assignment]
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "REQUEST_METHOD": "GET"}
    request.user = export.person
    request.actor, request.export_sink = actor_of(export.person), sink  # type: ignore[attr-defined]
    request.resolver_match = resolve(parts.path)
    view, args, kwargs = request.resolver_match
    with translation.override(export.language), transaction.atomic():
        view(request, *args, **kwargs)
    return sink.rows


def _tell(export: Export, now: datetime) -> None:
    done = export.state == Export.State.DONE
    send_message(
        to_person_ids=[export.person_id],
        code="entrance.export.ready" if done else "entrance.export.failed",
        params={"title": export.title, "rows": f"{export.rows:,}", "days": KEPT.days},
        subject=Subject("entrance.export", str(export.pk), export.name),
        url_name="export" if done else "",
        url_arg=str(export.pk) if done else "",
        now=now,
    )


def fetch_export(actor: Actor, export_id: UUID | str) -> tuple[Export, Path]:
    """The file of one's own export; NotFound for everybody else's, and for one whose days are over."""
    rows = Export.objects.filter(pk=export_id, state=Export.State.DONE)
    found = rows.filter(person_id=actor.id).first() if actor.kind == "person" else None
    if found is None or not path_of(found).is_file():
        raise NotFound("entrance.export.not_found")
    return found, path_of(found)


def expire_exports(*, now: datetime | None = None) -> int:
    """Delete files after seven days, and queue again what a killed worker left, for a day; how many files went."""
    now = now or utc_now()
    left = Export.objects.filter(state=Export.State.WAITING, asked_at__lt=now - timedelta(minutes=30))
    left.filter(asked_at__lt=now - TRIED).update(state=Export.State.FAILED, until=now)
    for key in left.filter(asked_at__gte=now - TRIED).values_list("pk", flat=True):
        defer(MAKE, once=f"{MAKE} {key}", export_id=str(key))
    over = list(Export.objects.filter(state=Export.State.DONE, until__lte=now))
    for export in over:
        path_of(export).unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in over]).update(state=Export.State.EXPIRED)
    return len(over)
