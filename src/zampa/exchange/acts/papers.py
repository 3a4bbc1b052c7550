"""依据与材料: files behind a request, stored once by their SHA-256, whatever their name says checked by their bytes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from zampa.contracts.actors import Actor
from zampa.desk import papers
from zampa.exchange.acts import steps
from zampa.exchange.events import Event
from zampa.exchange.models import Paper
from zampa.exchange.rules import access
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotFound
from zampa.ledger.acts import act

FOLDER = "papers"
MOST_PAPERS = 20


@act
def add_paper(*, by: Actor, request_id: UUID | str, name: str, content: bytes, now: datetime | None = None) -> Paper:
    """Attach a file to a draft or a returned request; NotValid when it is too large or of no listed type."""
    now = now or utc_now()
    request, _ = steps.locked(by, request_id, "edit")
    access.may_draft(by, str(request.requester_id)).require()
    name = papers.safe_name(name)
    kind = papers.media_type(name, content[:16], len(content))
    digest = papers.digest_of(content)
    if request.papers.filter(digest=digest).exists():
        raise Conflict("exchange.paper.attached_already", name=name)
    if request.papers.count() >= MOST_PAPERS:
        raise Conflict("exchange.paper.too_many", limit=MOST_PAPERS)
    papers.keep(FOLDER, digest, content)
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
    return papers.paper_path(FOLDER, digest)
