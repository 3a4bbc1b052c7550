"""Standards documents: registered, put in force, ended; their papers; who adopted them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.desk import papers
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotFound, NotValid
from zampa.identity import queries as people
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter
from zampa.standards import queries
from zampa.standards.events import Event
from zampa.standards.models import Adoption, Document, DocumentPaper
from zampa.standards.rules import access
from zampa.standards.rules.documents import DocumentDraft, document_faults

FOLDER = "standards"
MOST_PAPERS = 20


@act
def enter_document(
    *, by: Actor, draft: DocumentDraft, replaces_id: UUID | str | None = None, own: bool = False,
    now: datetime | None = None,
) -> Document:  # fmt: skip
    """Register a document as a draft; `replaces_id`: the older edition that ends when this one comes into force."""
    now = now or utc_now()
    department = by.department if own else ""
    access.may_change(by, department).require()
    row = Document(created_by_name=by.name, created_at=now, department_id=department or None)
    if replaces_id:
        older = queries.document(by, replaces_id)
        if Document.objects.filter(replaces=older).exists():
            raise Conflict("standards.document.replaced_already")
        row.replaces = older
    _fill(row, draft, now)
    row.save(force_insert=True)
    _note(Event.DOCUMENT_ENTERED, by, row, {"number": row.number, "family": row.family}, now)
    return row


def _fill(row: Document, draft: DocumentDraft, now: datetime) -> None:
    faults = document_faults(draft)
    if Document.objects.filter(number=draft.number, edition=draft.edition).exclude(pk=row.pk).exists():
        faults.append(Fault("number", "standards.document.number_taken", {"number": draft.number}))
    if faults:
        raise NotValid("standards.document.not_valid", faults=faults)
    for name, value in vars(draft).items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.name_key, row.updated_at = name_key(row.title), now


@act
def change_document(
    *, by: Actor, document_id: UUID | str, draft: DocumentDraft, now: datetime | None = None
) -> Document:
    """Correct what is said of a document; its state is changed by the steps below."""
    now = now or utc_now()
    row = _locked(by, document_id)
    before = {name: getattr(row, name) for name in vars(draft)}
    _fill(row, draft, now)
    row.save()
    changed = [name for name, value in before.items() if value != getattr(row, name)]
    _note(Event.DOCUMENT_CHANGED, by, row, {"changed": changed}, now)
    return row


@act
def bring_in_force(*, by: Actor, document_id: UUID | str, on: date, now: datetime | None = None) -> Document:
    """A draft comes into force on a day; the edition it replaces ends that day."""
    now = now or utc_now()
    row = _locked(by, document_id)
    if row.state != Document.State.DRAFT:
        raise Conflict("standards.wrong_state", state=row.state)
    if row.issued_on and on < row.issued_on:
        raise NotValid("standards.document.not_valid", faults=[Fault("on", "standards.document.before_issue")])
    row.state, row.in_force_on, row.updated_at = Document.State.IN_FORCE, on, now
    row.save(update_fields=["state", "in_force_on", "updated_at"])
    if row.replaces is not None:
        Document.objects.filter(pk=row.replaces.pk).update(
            state=Document.State.REPLACED,
            ended_on=on,
            updated_at=now,
            ended_reason=f"{row.number} {row.edition}".strip(),
        )
    _note(Event.DOCUMENT_IN_FORCE, by, row, {"on": on.isoformat(), "replaces": str(row.replaces_id or "")}, now)
    return row


@act
def abolish_document(*, by: Actor, document_id: UUID | str, reason: str, now: datetime | None = None) -> Document:
    """A document ends without another in its place."""
    now = now or utc_now()
    row = _locked(by, document_id)
    if row.state != Document.State.IN_FORCE:
        raise Conflict("standards.wrong_state", state=row.state)
    if not reason.strip():
        raise NotValid("standards.document.not_valid", faults=[Fault("reason", "standards.missing")])
    row.state, row.ended_on, row.ended_reason = Document.State.ABOLISHED, local_date(now), reason.strip()[:500]
    row.updated_at = now
    row.save(update_fields=["state", "ended_on", "ended_reason", "updated_at"])
    _note(Event.DOCUMENT_ABOLISHED, by, row, {"reason": row.ended_reason}, now)
    return row


@act
def note_adoption(
    *, by: Actor, document_id: UUID | str, department_id: UUID | str, on: date, note: str = "",
    now: datetime | None = None,
) -> Adoption:  # fmt: skip
    """A department follows a document in force from a day on; said again, the day is corrected."""
    now = now or utc_now()
    row = queries.document(by, document_id)
    department = people.department(by, department_id)
    access.may_adopt(by, str(department.pk)).require()
    if row.state != Document.State.IN_FORCE:
        raise Conflict("standards.wrong_state", state=row.state)
    made, _new = Adoption.objects.update_or_create(
        document=row, department=department,
        defaults={"adopted_on": on, "note": note.strip()[:300], "noted_by_name": by.name, "noted_at": now},
    )  # fmt: skip
    facts = {"department": department.name, "on": on.isoformat()}
    _note(Event.DOCUMENT_ADOPTED, by, row, facts, now, parties=[str(department.pk)])
    return made


@act
def add_document_paper(
    *, by: Actor, document_id: UUID | str, name: str, content: bytes, now: datetime | None = None
) -> DocumentPaper:
    """Attach a file to a document; NotValid when it is too large or of no listed type."""
    now = now or utc_now()
    row = _locked(by, document_id)
    name, digest = papers.safe_name(name), papers.digest_of(content)
    kind = papers.media_type(name, content[:16], len(content))
    if row.papers.filter(digest=digest).exists():
        raise Conflict("standards.paper.attached_already", name=name)
    if row.papers.count() >= MOST_PAPERS:
        raise Conflict("standards.paper.too_many", limit=MOST_PAPERS)
    papers.keep(FOLDER, digest, content)
    made = DocumentPaper.objects.create(
        document=row, name=name, media_type=kind, digest=digest, size=len(content), added_by_name=by.name, added_at=now
    )
    _note(Event.PAPER_ADDED, by, row, {"name": name, "sha256": digest, "size": made.size}, now)
    return made


@act
def remove_document_paper(
    *, by: Actor, document_id: UUID | str, paper_id: UUID | str, now: datetime | None = None
) -> None:
    """Take a file off a document; its bytes go when no other document names them."""
    now = now or utc_now()
    row = _locked(by, document_id)
    paper = row.papers.filter(pk=paper_id).first()
    if paper is None:
        raise NotFound("standards.paper.not_found")
    paper.delete()
    if not DocumentPaper.objects.filter(digest=paper.digest).exists():
        papers.paper_path(FOLDER, paper.digest).unlink(missing_ok=True)
    _note(Event.PAPER_REMOVED, by, row, {"name": paper.name, "sha256": paper.digest}, now)


def _locked(by: Actor, document_id: UUID | str) -> Document:
    """The row of a document this actor may change."""
    found = queries.document(by, document_id)
    access.may_change(by, str(found.department_id or "")).require()
    return Document.objects.select_for_update(of=("self",)).select_related("replaces").get(pk=found.pk)


def _note(
    event: Event, by: Actor, row: Document, facts: Mapping[str, object], now: datetime, parties: list[str] | None = None
) -> None:
    own = [str(row.department_id)] if row.department_id else []
    enter(
        event=event, by=by, subject=Subject("standards.document", str(row.pk), str(row)[:200]),
        parties=parties or own, facts=facts, at=now,
    )  # fmt: skip
