"""Many elements at once: those the product carries, and those of a file, whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from zampa.contracts.actors import Actor, Subject
from zampa.desk.sheets import Line, Sheet, first, read_sheet
from zampa.ground.clock import utc_now
from zampa.ground.errors import Fault, NotValid
from zampa.ledger.acts import act, enter
from zampa.standards.acts.elements import code_lists, draft_of, fill, keep_version, new_row, note, snapshot, write_words
from zampa.standards.columns import ELEMENT_COLUMNS, SIZES, WORDS
from zampa.standards.events import Event
from zampa.standards.models import CodeList, Element, ElementVersion, Synonym
from zampa.standards.rules import access
from zampa.standards.rules.elements import ElementDraft, differences, element_faults, words_of

BATCH = 1000
# Fields with a list of words; an empty cell means the first of them.
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "type": Element.Type.choices,
    "domain": Element.Domain.choices,
    "sensitivity": Element.Sensitivity.choices,
}


@act
def load_packaged_elements(*, by: Actor, now: datetime | None = None) -> int:
    """The common elements this package carries that are not there yet; one that is there stays as people made it."""
    now = now or utc_now()
    access.may_keep(by).require()
    text = files("zampa.standards").joinpath("data/elements.csv").read_text(encoding="utf-8")
    known = set(Element.objects.values_list("number", flat=True))
    rows = [row for row in csv.DictReader(text.splitlines()) if row["number"] not in known]
    drafts = [_packaged(row) for row in rows]
    if not drafts:
        return 0
    _insert(drafts, by, now, packaged=True)
    enter(
        event=Event.ELEMENTS_LOADED, by=by, subject=Subject("standards.elements", "packaged", "随附数据元"),
        facts={"elements": len(drafts)}, at=now,
    )  # fmt: skip
    return len(drafts)


def _packaged(row: dict[str, str]) -> ElementDraft:
    given: dict[str, Any] = {name: text for name, text in row.items() if name != "list"}
    given |= {name: int(row[name]) if row[name] else None for name in SIZES}
    given |= {name: row[name].split() for name in WORDS}
    return ElementDraft(**given, code_list=row["list"])


@act
def import_elements(
    *, by: Actor, name: str, content: bytes, own: bool = False, now: datetime | None = None
) -> tuple[int, int]:
    """Elements of an XLSX or CSV file: new numbers are entered, known ones changed; (entered, changed).

    Nothing is written when any cell is wrong; NotValid then names each. `own`: as drafts of the actor's department,
    which may change only what it is still writing.
    """
    now = now or utc_now()
    department = by.department if own else ""
    (access.may_propose(by, department) if own else access.may_keep(by)).require()
    sheet = read_sheet(name, content, ELEMENT_COLUMNS, needed=("number", "name"))
    known = {row.number: row for row in Element.objects.select_for_update(of=("self",)).filter(
        number__in=[line.get("number") for line in sheet.lines]
    ).select_related("code_list").prefetch_related("synonyms")}  # fmt: skip
    drafts, faults = _drafts(sheet, known, department)
    if faults:
        raise NotValid("standards.import.not_valid", faults=first(faults), count=len(faults))
    fresh = [draft for draft in drafts if draft.number not in known]
    _insert(fresh, by, now, department=department)
    held = code_lists()
    changed = sum(_changed(known[draft.number], draft, by, now, held) for draft in drafts if draft.number in known)
    enter(
        event=Event.ELEMENTS_LOADED, by=by, subject=Subject("standards.elements", "import", name[:200]),
        facts={"file": name[:200], "entered": len(fresh), "changed": changed}, at=now,
    )  # fmt: skip
    return len(fresh), changed


def _drafts(sheet: Sheet, known: dict[str, Element], department: str) -> tuple[list[ElementDraft], list[Fault]]:
    """The rows as elements, and every fault by its cell."""
    held_lists = code_lists()
    lists, called = frozenset(held_lists), {row.name: code for code, row in held_lists.items()}
    drafts, faults, seen = [], [], set()
    for line in sheet.lines:
        draft, wrong = _row(sheet, line, known.get(line.get("number")), called)
        wrong += [Fault(sheet.where(line, one.where), one.code, one.params) for one in element_faults(draft, lists)]
        if draft.number in seen:
            wrong.append(Fault(sheet.where(line, "number"), "standards.import.twice", {"number": draft.number}))
        held = known.get(draft.number)
        if held is not None and not _may_overwrite(held, department):
            wrong.append(Fault(sheet.where(line, "number"), "standards.import.not_yours", {"number": draft.number}))
        seen.add(draft.number)
        drafts.append(draft)
        faults += wrong
    return drafts, faults


def _may_overwrite(row: Element, department: str) -> bool:
    if department:
        return str(row.department_id or "") == department and row.state in ("draft", "returned")
    return row.department_id is None and row.state == Element.State.IN_FORCE


def _row(sheet: Sheet, line: Line, held: Element | None, lists: dict[str, str]) -> tuple[ElementDraft, list[Fault]]:
    """A row as an element. A column the file does not have keeps what a known element says."""
    given: dict[str, Any] = {}
    faults = []
    for field in sheet.places:
        text = line.get(field)
        if field in SIZES:
            if text and not (text.isascii() and text.isdigit() and len(text) < 8):
                faults.append(Fault(sheet.where(line, field), "standards.import.no_number", {"text": text[:40]}))
            else:
                given[field] = int(text) if text else None
        elif field in WORDS:
            given[field] = [word for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]
        elif field in ELEMENT_COLUMNS:
            given[field] = _word(field, text, lists)
    base = vars(draft_of(held)) if held is not None else {}
    return ElementDraft(**{**base, **given}), faults


def _word(field: str, text: str, lists: dict[str, str]) -> str:
    """The short word of a choice, whichever of our languages names it; the list by its name or short name."""
    if field == "code_list":
        return lists.get(text, text)
    if field not in CHOICES:
        return text
    if not text:
        return CHOICES[field][0][0]
    return next((value for value, label in CHOICES[field] if text in (value, str(label))), text)


def _insert(
    drafts: Sequence[ElementDraft], by: Actor, now: datetime, *, department: str = "", packaged: bool = False
) -> None:
    held = code_lists()
    rows = [new_row(draft, by, now, held, department) for draft in drafts]
    for row in rows:
        row.packaged = packaged
    Element.objects.bulk_create(rows, batch_size=BATCH)
    words = [
        Synonym(element=row, kind=kind, word=word, word_key=key, noted_by_name=by.name, noted_at=now)
        for row, draft in zip(rows, drafts, strict=True)
        for kind, word, key in words_of(draft)
    ]
    Synonym.objects.bulk_create(words, batch_size=BATCH)
    if not department:
        stated: dict[object, list[str]] = {}
        for word in sorted(words, key=lambda one: (one.kind, one.word)):
            stated.setdefault(word.element_id, []).append(word.word)
        ElementVersion.objects.bulk_create(
            [ElementVersion(element=row, number=1, snapshot=_snapshot(row, stated), by_name=by.name, at=now)
             for row in rows], batch_size=BATCH,
        )  # fmt: skip


def _snapshot(row: Element, stated: dict[object, list[str]]) -> dict[str, object]:
    draft = vars(ElementDraft(number=row.number, name=row.name))
    plain = {name: getattr(row, name) for name in draft if name not in ("code_list", *WORDS)}
    return {**plain, "code_list": row.code_list.code if row.code_list else "", "synonyms": stated.get(row.pk, [])}


def _changed(row: Element, draft: ElementDraft, by: Actor, now: datetime, held: Mapping[str, CodeList]) -> bool:
    before = snapshot(row)
    fill(row, draft, now, held)
    write_words(row, draft, by, now)
    changed = differences(before, snapshot(row))
    if not changed:
        return False
    if row.state == Element.State.IN_FORCE:
        row.version += 1
        keep_version(row, before, by, now)
    row.save()
    note(Event.ELEMENT_CHANGED, by, row, {"changed": [name for name, _, _ in changed], "version": row.version}, now)
    return True
