"""依据与材料: files behind a request, stored once by their SHA-256, whatever their name says checked by their bytes."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from zampa.contracts.actors import Actor
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Paper
from zampa.exchange.rules import access
from zampa.exchange.rules.papers import media_type, safe_name
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotFound, Unavailable
from zampa.ledger.acts import act

MOST_PAPERS = 20


@act
def add_paper(*, by: Actor, request_id: UUID | str, name: str, content: bytes, now: datetime | None = None) -> Paper:
    """Attach a file to a draft or a returned request; NotValid when it is too large or of no listed type."""
    now = now or utc_now()
    request, _ = steps.locked(by, request_id, "edit")
    access.may_draft(by, str(request.requester_id)).require()
    name = safe_name(name)
    kind = media_type(name, content[:16], len(content))
    digest = hashlib.sha256(content).hexdigest()
    if request.papers.filter(digest=digest).exists():
        raise Conflict("exchange.paper.attached_already", name=name)
    if request.papers.count() >= MOST_PAPERS:
        raise Conflict("exchange.paper.too_many", limit=MOST_PAPERS)
    _keep(digest, content)
    paper = Paper.objects.create(
        request=request,
        name=name,
        media_type=kind,
        digest=digest,
        size=len(content),
        added_by_name=by.name,
        added_at=now,
    )
    steps.note(Event.PAPER_ADDED, by, request, {"name": name, "sha256": digest, "size": paper.size}, now)
    return paper


@act
def remove_paper(*, by: Actor, request_id: UUID | str, paper_id: UUID | str, now: datetime | None = None) -> None:
    """Take a file off again before it is submitted; the bytes stay as long as another request names them."""
    now = now or utc_now()
    request, _ = steps.locked(by, request_id, "edit")
    access.may_draft(by, str(request.requester_id)).require()
    paper = request.papers.filter(pk=paper_id).first()
    if paper is None:
        raise NotFound("exchange.paper.not_found")
    paper.delete()
    steps.note(Event.PAPER_REMOVED, by, request, {"name": paper.name, "sha256": paper.digest}, now)


def paper_path(digest: str) -> Path:
    return Path(settings.ZAMPA_FILES_DIR) / "papers" / digest[:2] / digest


def _keep(digest: str, content: bytes) -> None:
    """Write once, whole or not at all: a draft beside it, then renamed."""
    path = paper_path(digest)
    if path.exists():
        return
    draft = path.with_name(f".{digest}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable("exchange.paper.not_stored") from error
