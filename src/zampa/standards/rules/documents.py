"""What a standards document and a code list must hold, and the days a value is valid. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from zampa.ground.errors import Fault

FAMILIES = ("collection", "quality", "catalogue", "interface", "service", "docking", "operation", "security")
KINDS = ("national", "industry", "local", "platform", "department")
SLUG = re.compile(r"[a-z][a-z0-9-]{1,58}")


@dataclass(frozen=True, kw_only=True)
class DocumentDraft:
    """A standards document as filled in."""

    family: str
    number: str
    title: str
    kind: str = "platform"
    edition: str = ""
    title_bo: str = ""
    title_en: str = ""
    issuer: str = ""
    abstract: str = ""
    issued_on: date | None = None
    in_force_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListDraft:
    """What a code list's page states of it."""

    code: str
    name: str
    edition: str
    source: str
    name_bo: str = ""
    name_en: str = ""
    standard: str = ""
    whole: str = "unknown"
    whole_note: str = ""
    expected: int | None = None


def document_faults(draft: DocumentDraft) -> list[Fault]:
    faults = [Fault(where, "standards.missing") for where in ("number", "title") if not getattr(draft, where).strip()]
    for where, known in (("family", FAMILIES), ("kind", KINDS)):
        if getattr(draft, where) not in known:
            faults.append(Fault(where, "standards.unknown_word", {"word": getattr(draft, where)}))
    if draft.issued_on and draft.in_force_on and draft.in_force_on < draft.issued_on:
        faults.append(Fault("in_force_on", "standards.document.before_issue"))
    return faults


def list_faults(draft: ListDraft) -> list[Fault]:
    """Every list says its edition and source, and what is missing when it is not whole."""
    faults = [] if SLUG.fullmatch(draft.code) else [Fault("code", "standards.list.bad_code")]
    faults += [
        Fault(where, "standards.missing")
        for where in ("name", "edition", "source")
        if not getattr(draft, where).strip()
    ]
    if draft.whole not in ("whole", "part", "unknown"):
        faults.append(Fault("whole", "standards.unknown_word", {"word": draft.whole}))
    if draft.whole == "part" and not draft.whole_note.strip():
        faults.append(Fault("whole_note", "standards.list.say_what_is_missing"))
    return faults


class Dated(Protocol):
    """A value as it is loaded."""

    @property
    def code(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


def value_faults(values: Sequence[Dated]) -> list[tuple[int, str, str, dict[str, str]]]:
    """(index, field, code, params) of every value that cannot stand: ends before it begins, two of one code at one
    time, a parent that is not there, or a ring of parents."""
    faults = []
    spans: dict[str, list[tuple[date, date]]] = {}
    codes = {value.code for value in values}
    parents = {value.code: value.parent for value in values}
    for index, value in enumerate(values):
        begin, end = value.valid_from or date.min, value.valid_to or date.max
        if begin >= end:
            faults.append((index, "valid_to", "standards.value.ends_first", {"code": value.code}))
        elif any(begin < other_end and other_begin < end for other_begin, other_end in spans.get(value.code, ())):
            faults.append((index, "code", "standards.value.twice", {"code": value.code}))
        spans.setdefault(value.code, []).append((begin, end))
        if value.parent and value.parent not in codes:
            faults.append((index, "parent", "standards.value.no_parent", {"parent": value.parent}))
        elif depth_of(value.code, parents) == 0:
            faults.append((index, "parent", "standards.value.ring", {"code": value.code}))
    return faults


def depth_of(code: str, parents: dict[str, str], deepest: int = 12) -> int:
    """How far below the top a code lies, the top being 1; 0 for a ring or more than twelve levels."""
    depth = 1
    while parents.get(code):
        code, depth = parents[code], depth + 1
        if depth > deepest:
            return 0
    return depth
