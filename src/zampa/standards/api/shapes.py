"""What goes over the wire of this room's API."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from zampa.contracts.actors import Actor
from zampa.standards.models import Adoption, Element


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class ListOut(Schema):
    id: UUID
    code: str
    name: str
    name_bo: str
    name_en: str
    standard: str
    edition: str
    source: str
    whole: str
    whole_note: str
    expected: int | None
    size: int
    version: int
    state: str


class ValueOut(Schema):
    code: str
    name: str
    name_bo: str
    name_en: str
    parent: str
    depth: int
    other: dict[str, str]
    valid_from: date | None
    valid_to: date | None
    replaced_by: list[str]


class ElementOut(Schema):
    id: UUID
    number: str
    symbol: str
    name: str
    name_bo: str
    name_en: str
    definition: str
    object_class: str
    property: str
    type: str
    min_length: int | None
    length: int | None
    precision: int | None
    scale: int | None
    unit: str
    domain: str
    code_list: str
    pattern: str
    low: str
    high: str
    sensitivity: str
    standard: str
    department: UUID | None
    state: str
    version: int

    @staticmethod
    def resolve_code_list(row: Element) -> str:
        return row.code_list.code if row.code_list else ""

    @staticmethod
    def resolve_department(row: Element) -> UUID | None:
        return row.department_id


class DocumentOut(Schema):
    id: UUID
    family: str
    kind: str
    number: str
    edition: str
    title: str
    issuer: str
    state: str
    issued_on: date | None
    in_force_on: date | None


class Lists(Schema):
    items: list[ListOut]
    next: str


class Values(Schema):
    items: list[ValueOut]
    next: str


class Elements(Schema):
    items: list[ElementOut]
    next: str


class Documents(Schema):
    items: list[DocumentOut]
    next: str


class ElementIn(Schema):
    """An element as it is entered; `code_list`: the short name of its list."""

    number: str
    name: str
    symbol: str = ""
    name_bo: str = ""
    name_en: str = ""
    definition: str = ""
    object_class: str = ""
    property: str = ""
    type: str = "text"
    min_length: int | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    unit: str = ""
    domain: str = "free"
    code_list: str = ""
    pattern: str = ""
    low: str = ""
    high: str = ""
    sensitivity: str = "public"
    standard: str = ""
    synonyms: list[str] = []
    columns: list[str] = []


class ElementChange(ElementIn):
    reason: str = ""


class Verdict(Schema):
    verdict: str
    reason: str = ""


class Ending(Schema):
    reason: str
    replaced_by: str = ""


class SuggestedOut(Schema):
    """`score` of 100; `reasons`: codes with their parameters, the weightiest first."""

    number: str
    name: str
    score: int
    reasons: list[tuple[str, dict[str, str]]]


class RuleOut(Schema):
    """`spec` is the whole rule; those that follow from length and value domain have no id."""

    id: UUID | None
    code: str
    kind: str
    dimension: str
    severity: str
    spec: dict[str, object]


class RuleIn(Schema):
    """`test`: kind and parameters, for example {"kind": "between", "low": "0"}."""

    code: str
    test: dict[str, object]
    dimension: str = ""
    severity: str = "blocks"
    tolerance_percent: float = 0.0
    message: str = ""


class ListIn(Schema):
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


class DocumentIn(Schema):
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


class NewDocument(DocumentIn):
    replaces: UUID | None = None


class InForceIn(Schema):
    on: date


class ReasonIn(Schema):
    reason: str


class AdoptionIn(Schema):
    department: UUID
    on: date
    note: str = ""


class AdoptionOut(Schema):
    department: UUID
    name: str
    adopted_on: date
    note: str

    @staticmethod
    def resolve_department(row: Adoption) -> UUID:
        return row.department_id

    @staticmethod
    def resolve_name(row: Adoption) -> str:
        return row.department.name
