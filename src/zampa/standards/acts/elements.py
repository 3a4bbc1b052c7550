"""Data elements: the region's written by the authority; a department's own proposed by it, decided by the authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter
from zampa.standards import queries
from zampa.standards.events import Event
from zampa.standards.models import CodeList, Element, ElementVersion, Synonym
from zampa.standards.rules import access
from zampa.standards.rules.elements import PLAIN, ElementDraft, differences, element_faults, may_change_now, words_of

REVIEW = "standards.element"


@act
def enter_element(*, by: Actor, draft: ElementDraft, own: bool = False, now: datetime | None = None) -> Element:
    """A new element: the region's, in force at once; or (`own`) the actor's department's, a draft until decided."""
    now = now or utc_now()
    department = by.department if own else ""
    (access.may_propose(by, department) if own else access.may_keep(by)).require()
    refuse_faults(draft)
    if Element.objects.filter(number=draft.number).exists():
        raise NotValid(
            "standards.element.not_valid",
            faults=[Fault("number", "standards.element.number_taken", {"number": draft.number})],
        )
    row = new_row(draft, by, now, code_lists(), department)
    row.save(force_insert=True)
    write_words(row, draft, by, now)
    if row.state == Element.State.IN_FORCE:
        keep_version(row, {}, by, now)
    note(Event.ELEMENT_ENTERED, by, row, {"number": row.number, "state": row.state}, now)
    return row


def refuse_faults(draft: ElementDraft) -> None:
    if faults := element_faults(draft, frozenset(code_lists())):
        raise NotValid("standards.element.not_valid", faults=faults)


def new_row(
    draft: ElementDraft, by: Actor, now: datetime, held: Mapping[str, CodeList], department: str = ""
) -> Element:
    """Unsaved; the region's are in force from today."""
    row = Element(created_by_name=by.name, created_at=now, department_id=department or None)
    fill(row, draft, now, held)
    if not department:
        row.state, row.in_force_on = Element.State.IN_FORCE, local_date(now)
    return row


def code_lists() -> dict[str, CodeList]:
    """The code lists an element may draw on, by short name."""
    return {row.code: row for row in CodeList.objects.exclude(state=CodeList.State.ABOLISHED)}


def fill(row: Element, draft: ElementDraft, now: datetime, held: Mapping[str, CodeList]) -> None:
    for name in PLAIN:
        value = getattr(draft, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.code_list = held.get(draft.code_list) if draft.domain == "list" else None
    row.pattern = row.pattern if draft.domain == "pattern" else ""
    if draft.domain != "range":
        row.low = row.high = ""
    row.name_key, row.updated_at = name_key(row.name), now


def write_words(row: Element, draft: ElementDraft, by: Actor, now: datetime) -> None:
    """The stated synonyms become these; learned ones stay, and one that is now stated is no longer learned."""
    wanted = {(kind, key): word for kind, word, key in words_of(draft)}
    Synonym.objects.filter(element=row, learned=False).exclude(
        pk__in=[one.pk for one in row.synonyms.all() if (one.kind, one.word_key) in wanted]
    ).delete()
    rows = [
        Synonym(element=row, kind=kind, word=word, word_key=key, noted_by_name=by.name, noted_at=now)
        for (kind, key), word in wanted.items()
    ]
    Synonym.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["element", "kind", "word_key"],
        update_fields=["word", "learned", "noted_by_name", "noted_at"],
    )  # fmt: skip


def draft_of(row: Element) -> ElementDraft:
    """A stored element as a person would have filled it in."""
    words = [(one.kind, one.word) for one in row.synonyms.all() if not one.learned]
    return ElementDraft(
        **{name: getattr(row, name) for name in PLAIN},
        code_list=row.code_list.code if row.code_list else "",
        synonyms=[word for kind, word in words if kind == "name"],
        columns=[word for kind, word in words if kind == "column"],
    )


@act
def change_element(
    *, by: Actor, element_id: UUID | str, draft: ElementDraft, reason: str = "", now: datetime | None = None
) -> Element:
    """Change what an element says; of one in force a new version begins, whose reason is kept. The number stays."""
    now = now or utc_now()
    row = locked(by, element_id)
    owner = str(row.department_id or "")
    if row.state == Element.State.IN_FORCE:
        access.may_keep(by).require()
    else:
        access.may_change(by, owner).require()
    if not may_change_now(row.state, bool(owner) and row.state != Element.State.IN_FORCE):
        raise Conflict("standards.wrong_state", state=row.state)
    refuse_faults(draft)
    if draft.number != row.number:
        raise NotValid("standards.element.not_valid", faults=[Fault("number", "standards.element.number_stays")])
    if row.state == Element.State.IN_FORCE and not reason.strip():
        raise NotValid("standards.element.not_valid", faults=[Fault("reason", "standards.missing")])
    before = snapshot(row)
    fill(row, draft, now, code_lists())
    write_words(row, draft, by, now)
    after = snapshot(row)
    changed = differences(before, after)
    if row.state == Element.State.IN_FORCE and changed:
        row.version += 1
        keep_version(row, before, by, now, reason)
    row.save()
    facts = {"changed": [name for name, _, _ in changed], "version": row.version, "reason": reason.strip()}
    note(Event.ELEMENT_CHANGED, by, row, facts, now)
    return row


@act
def propose_element(*, by: Actor, element_id: UUID | str, now: datetime | None = None) -> Element:
    """A department asks the authority to put its element in force."""
    now = now or utc_now()
    row = locked(by, element_id)
    access.may_propose(by, str(row.department_id or "")).require()
    _require(row, "draft", "returned")
    authority = people.authority_of(row.department_id)  # type: ignore[arg-type]
    row.state, row.returned_reason, row.updated_at = Element.State.PROPOSED, "", now
    row.save(update_fields=["state", "returned_reason", "updated_at"])
    approvals.open_task(
        kind=REVIEW, subject=subject_of(row), url_name="standards:element", url_arg=str(row.pk),
        department_id=authority.pk, post="authority", now=now,
    )  # fmt: skip
    note(Event.ELEMENT_PROPOSED, by, row, {"number": row.number}, now)
    return row


@act
def decide_element(
    *, by: Actor, element_id: UUID | str, verdict: str, reason: str = "", now: datetime | None = None
) -> Element:
    """The authority puts a proposed element in force, or returns it with the reason."""
    now = now or utc_now()
    row = locked(by, element_id)
    access.may_keep(by).require()
    _require(row, "proposed")
    approvals.decide(by=by, subject=subject_of(row), kind=REVIEW, verdict=verdict, reason=reason, now=now)
    row.updated_at = now
    if verdict == "yes":
        row.state, row.in_force_on = Element.State.IN_FORCE, local_date(now)
        keep_version(row, {}, by, now, reason)
    else:
        row.state, row.returned_reason = Element.State.RETURNED, reason.strip()[:500]
    row.save()
    event = Event.ELEMENT_IN_FORCE if verdict == "yes" else Event.ELEMENT_RETURNED
    note(event, by, row, {"number": row.number, "opinion": reason.strip()}, now)
    return row


@act
def end_element(
    *, by: Actor, element_id: UUID | str, reason: str, replaced_by: str = "", now: datetime | None = None
) -> Element:
    """Abolish an element in force, or say which one (by number) replaces it. Items bound to it show as departing."""
    now = now or utc_now()
    row = locked(by, element_id)
    access.may_keep(by).require()
    _require(row, "in_force")
    faults = [] if reason.strip() else [Fault("reason", "standards.missing")]
    heir = None
    if replaced_by:
        heir = Element.objects.filter(number=replaced_by, state=Element.State.IN_FORCE).exclude(pk=row.pk).first()
        if heir is None:
            faults.append(Fault("replaced_by", "standards.element.unknown", {"number": replaced_by}))
    if faults:
        raise NotValid("standards.element.not_valid", faults=faults)
    row.state = Element.State.REPLACED if heir else Element.State.ABOLISHED
    row.replaced_by, row.ended_on, row.updated_at = heir, local_date(now), now
    row.save(update_fields=["state", "replaced_by", "ended_on", "updated_at"])
    note(Event.ELEMENT_ENDED, by, row, {"reason": reason.strip(), "replaced_by": replaced_by}, now)
    return row


def locked(by: Actor, element_id: UUID | str) -> Element:
    found = queries.element(by, element_id)
    return Element.objects.select_for_update(of=("self",)).select_related("department", "code_list").get(pk=found.pk)


def _require(row: Element, *states: str) -> None:
    if row.state not in states:
        raise Conflict("standards.wrong_state", state=row.state)


def snapshot(row: Element) -> dict[str, object]:
    """An element as plain values, for a version and for comparing two."""
    stated = row.synonyms.filter(learned=False).order_by("kind", "word").values_list("word", flat=True)
    return {
        **{name: getattr(row, name) for name in PLAIN},
        "code_list": row.code_list.code if row.code_list else "",
        "synonyms": list(stated),
    }


def keep_version(row: Element, before: dict[str, object], by: Actor, now: datetime, reason: str = "") -> None:
    after = snapshot(row)
    ElementVersion.objects.create(
        element=row, number=row.version, snapshot=after, reason=reason.strip()[:500], by_name=by.name, at=now,
        differences=[list(one) for one in differences(before, after)] if before else [],
    )  # fmt: skip


def subject_of(row: Element) -> Subject:
    return Subject("standards.element", str(row.pk), row.name)


def note(event: Event, by: Actor, row: Element, facts: Mapping[str, object], now: datetime) -> None:
    enter(
        event=event, by=by, subject=subject_of(row), parties=[str(row.department_id)] if row.department_id else [],
        facts=facts, at=now,
    )  # fmt: skip
