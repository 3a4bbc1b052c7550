"""Code lists of one's own: entered, their values brought in from a file, ended. Those the product carries are not
touched here."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.desk.sheets import Line, Sheet, first, read_sheet
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter
from zampa.standards import queries
from zampa.standards.acts.loading import write_values
from zampa.standards.columns import VALUE_COLUMNS
from zampa.standards.events import Event
from zampa.standards.models import CodeList
from zampa.standards.packaged import Value
from zampa.standards.rules import access
from zampa.standards.rules.documents import ListDraft, depth_of, list_faults, value_faults


@act
def enter_list(*, by: Actor, draft: ListDraft, own: bool = False, now: datetime | None = None) -> CodeList:
    """A code list of the region's, or (`own`) of the actor's department; its values follow from a file."""
    now = now or utc_now()
    department = by.department if own else ""
    access.may_change(by, department).require()
    row = CodeList(
        code=draft.code, created_by_name=by.name, created_at=now, version=0, department_id=department or None
    )
    _fill(row, draft, now)
    row.save(force_insert=True)
    _note(Event.LIST_ENTERED, by, row, {"code": row.code}, now)
    return row


@act
def change_list(*, by: Actor, list_id: UUID | str, draft: ListDraft, now: datetime | None = None) -> CodeList:
    """Correct what a list says of itself; its short name stays."""
    now = now or utc_now()
    row = _locked(by, list_id)
    _fill(row, draft, now)
    row.save()
    _note(Event.LIST_CHANGED, by, row, {"edition": row.edition}, now)
    return row


def _fill(row: CodeList, draft: ListDraft, now: datetime) -> None:
    faults = list_faults(draft)
    if draft.code != row.code:
        faults.append(Fault("code", "standards.element.number_stays"))
    if CodeList.objects.filter(code=draft.code).exclude(pk=row.pk).exists():
        faults.append(Fault("code", "standards.list.code_taken", {"code": draft.code}))
    if faults:
        raise NotValid("standards.list.not_valid", faults=faults)
    for name, value in vars(draft).items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.name_key, row.updated_at = name_key(row.name), now


@act
def load_values(*, by: Actor, list_id: UUID | str, name: str, content: bytes, now: datetime | None = None) -> CodeList:
    """A list's values from an XLSX or CSV file, all of them: what the file leaves out ends today and stays readable.

    NotValid names every wrong cell, and then nothing is changed.
    """
    now = now or utc_now()
    row = _locked(by, list_id)
    sheet = read_sheet(name, content, VALUE_COLUMNS, needed=("code", "name"))
    values, faults = _values(sheet)
    faults += [
        Fault(sheet.where(sheet.lines[index], field), code, params)
        for index, field, code, params in (value_faults(values) if not faults else [])
    ]
    if faults:
        raise NotValid("standards.import.not_valid", faults=first(faults), count=len(faults))
    row.version, row.updated_at = row.version + 1, now
    row.save(update_fields=["version", "updated_at"])
    write_values(row, values, local_date(now))
    facts = {"file": name[:200], "values": len(values), "in_force": row.size, "version": row.version}
    _note(Event.LIST_LOADED, by, row, facts, now)
    return row


def _values(sheet: Sheet) -> tuple[list[Value], list[Fault]]:
    parents = {line.get("code"): line.get("parent") for line in sheet.lines}
    values, faults = [], []
    for line in sheet.lines:
        days, wrong = _days(sheet, line)
        faults += wrong
        faults += [
            Fault(sheet.where(line, field), "standards.missing") for field in ("code", "name") if not line.get(field)
        ]
        faults += [
            Fault(sheet.where(line, field), "standards.value.too_long", {"limit": limit})
            for field, limit in (("code", 60), ("name", 300), ("name_bo", 400), ("name_en", 400))
            if len(line.get(field)) > limit
        ]
        values.append(
            Value(
                code=line.get("code"), name=line.get("name"), name_bo=line.get("name_bo"), name_en=line.get("name_en"),
                parent=line.get("parent"), depth=depth_of(line.get("code"), parents) or 1, valid_from=days[0],
                valid_to=days[1], replaced_by=tuple(line.get("replaced_by").replace("、", " ").split()),
            )
        )  # fmt: skip
    return values, faults


def _days(sheet: Sheet, line: Line) -> tuple[tuple[date | None, date | None], list[Fault]]:
    days: list[date | None] = []
    faults = []
    for field in ("valid_from", "valid_to"):
        text = line.get(field)
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            days.append(None)
            faults.append(Fault(sheet.where(line, field), "standards.value.bad_day", {"text": text[:20]}))
    return (days[0], days[1]), faults


@act
def end_list(*, by: Actor, list_id: UUID | str, reason: str, now: datetime | None = None) -> CodeList:
    """Abolish a list; no element may draw on it any more."""
    now = now or utc_now()
    row = _locked(by, list_id)
    used = list(row.elements.filter(state="in_force").values_list("number", flat=True)[:5])
    if used:
        raise Conflict("standards.list.in_use", numbers="、".join(used))
    if not reason.strip():
        raise NotValid("standards.list.not_valid", faults=[Fault("reason", "standards.missing")])
    row.state, row.updated_at = CodeList.State.ABOLISHED, now
    row.save(update_fields=["state", "updated_at"])
    _note(Event.LIST_ENDED, by, row, {"reason": reason.strip()[:500]}, now)
    return row


def _locked(by: Actor, list_id: UUID | str) -> CodeList:
    """The row of a list this actor may change."""
    found = queries.code_list(by, list_id)
    access.may_change(by, str(found.department_id or "")).require()
    if found.packaged:
        raise Conflict("standards.list.packaged")
    if found.state == CodeList.State.ABOLISHED:
        raise Conflict("standards.wrong_state", state=found.state)
    return CodeList.objects.select_for_update(of=("self",)).get(pk=found.pk)


def _note(event: Event, by: Actor, row: CodeList, facts: dict[str, object], now: datetime) -> None:
    enter(
        event=event, by=by, subject=Subject("standards.list", str(row.pk), row.name),
        parties=[str(row.department_id)] if row.department_id else [], facts=facts, at=now,
    )  # fmt: skip
