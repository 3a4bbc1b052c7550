"""What the API takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest
from ninja import Schema

from zampa.catalogue import queries
from zampa.catalogue.models import Placement, Resource
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import Fault, NotValid


class StaffCall(HttpRequest):
    actor: Actor


class CheckIn(Schema):
    """A rule that a delivery's rows must pass (contracts.flowspecs.Check); its field is the item's own column."""

    kind: str
    params: dict[str, str | int | list[str]] = {}


class ItemIn(Schema):
    """One item. `id` empty: a new one; an item left out of the list is dropped."""

    id: str = ""
    name: str
    name_bo: str = ""
    column: str = ""
    path: str = ""
    element: str = ""
    type: str = "text"
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    key: bool = False
    nullable: bool = True
    sensitivity: str = "public"
    sharing: str = "unconditional"
    conditions: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    checks: list[CheckIn] = []
    extra: dict[str, str] = {}
    note: str = ""


class ItemOut(Schema):
    """An item as readers see it; the column at the source is told to its own department only."""

    id: UUID
    position: int
    name: str
    name_bo: str
    element: str
    type: str
    type_letter: str
    length: int | None
    precision: int | None
    scale: int | None
    key: bool
    sensitivity: str
    sharing: str
    conditions: str
    basis_instrument: str
    basis_article: str
    opening: str
    checks: list[CheckIn]
    extra: dict[str, str]
    note: str
    column: str
    suggestion: dict[str, str]


class ResourceOut(Schema):
    id: UUID
    code: str
    name: str
    name_bo: str
    provider: str
    provider_code: str
    abstract: str
    code_scheme: str
    class_code: str
    category: str
    format: str
    format_note: str
    sharing: str
    use_requirement: str
    ways: list[str]
    conditions: str
    scope: str
    basis_kind: str
    basis_instrument: str
    basis_article: str
    opening: str
    opening_conditions: str
    update_cycle: str
    grade: str
    formats: list[dict[str, str]]
    extra: dict[str, str]
    related_codes: list[str]
    published_on: date | None
    state: str
    online_state: str
    version: int
    replaces_id: UUID | None
    returned_reason: str
    remarks: dict[str, str]
    attachment: str

    @staticmethod
    def resolve_provider(found: Resource) -> str:
        return found.provider.name

    @staticmethod
    def resolve_provider_code(found: Resource) -> str:
        return found.provider.code

    @staticmethod
    def resolve_attachment(found: Resource) -> str:
        if "attachment_state" in found.__dict__:
            return found.__dict__["attachment_state"] or "none"
        attachment = queries.open_attachment(found.pk)
        return attachment.state if attachment else "none"


class ResourcesOut(Schema):
    resources: list[ResourceOut]
    next: str


class PlacementOut(Schema):
    scheme: str
    class_code: str
    class_name: str
    code: str
    main: bool

    @staticmethod
    def resolve_scheme(row: Placement) -> str:
        return row.node.scheme

    @staticmethod
    def resolve_class_code(row: Placement) -> str:
        return row.node.code

    @staticmethod
    def resolve_class_name(row: Placement) -> str:
        return row.node.name


class PlaceIn(Schema):
    """A class by scheme and code."""

    scheme: str
    code: str


class SchemeOut(Schema):
    code: str
    name: str
    standing: str
    edition: str
    source: str
    complete: bool
    loaded_at: datetime


class MapIn(Schema):
    """Two nodes of different schemes that mean the same."""

    node: PlaceIn
    other: PlaceIn


class DraftIn(Schema):
    """The elements of an entry; what is left out keeps its default."""

    name: str
    name_bo: str = ""
    abstract: str = ""
    code_scheme: str = "guide-2017"
    class_code: str = ""
    category: str = "business"
    format: str = "database"
    format_note: str = ""
    sharing: str = "unconditional"
    use_requirement: str = ""
    ways: list[str] = []
    conditions: str = ""
    scope: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    opening_conditions: str = ""
    update_cycle: str = "irregular"
    grade: str = "2"
    formats: list[dict[str, str]] = []
    extra: dict[str, str] = {}
    related_codes: list[str] = []
    secrecy_checked: bool = False
    system_id: UUID | None = None


class TableIn(Schema):
    connection_id: UUID
    table: dict[str, Any]
    draft: DraftIn


class VerdictIn(Schema):
    """`verdict`: yes, no or return; `remarks`: element or "items.N" -> what is wrong there."""

    verdict: str = "yes"
    reason: str = ""
    remarks: dict[str, str] = {}


class ChangeIn(Schema):
    ground: str = "correction"
    reason: str = ""
    since: datetime | None = None


class VersionOut(Schema):
    number: int
    published_at: datetime
    published_by_name: str
    reason: str
    differences: list[list[Any]]


class ProbeOut(Schema):
    """A measurement: counts and columns, never a value."""

    at: datetime
    well: bool
    milliseconds: int
    rows: int | None
    sampled: int
    problem: str
    failed: dict[str, int]
    newest_at: datetime | None


class DayOut(Schema):
    """A day of a source: the worst state it was in, how many looks, how many found it live."""

    day: date
    state: str
    probes: int
    well: int
    slowest: int
    rows: int | None
    newest_at: datetime | None
    problem: str


class DepartmentDaysOut(Schema):
    department: UUID
    name: str
    live: int
    stale: int
    broken: int


class StandingOut(Schema):
    id: UUID
    version: int
    signed_by_name: str
    signed_at: datetime


class ClassOut(Schema):
    code: str
    name: str
    parent: str
    depth: int


class ReasonIn(Schema):
    reason: str


class AttachIn(Schema):
    connection_id: UUID
    table: dict[str, Any] | None = None
    path: str = ""
    methods: list[str] = ["GET"]
    response: str = ""
    time_column: str = ""


class AttachmentOut(Schema):
    id: UUID
    resource_id: UUID
    kind: str
    state: str
    rows: int | None
    milliseconds: int | None
    probed_at: datetime | None
    newest_at: datetime | None
    due_at: datetime | None
    troubled_since: datetime | None
    problem: str


class Wanted(Schema):
    """Filters of the list; empty means all."""

    q: str = ""
    provider: UUID | None = None
    sharing: str = ""
    state: str = ""
    grade: str = ""
    attachment: str = ""
    class_code: str = ""
    after: UUID | None = None
    limit: int = 50


def table_of(given: dict[str, Any]) -> TableRef:
    """NotValid for what names no table."""
    try:
        return msgspec.convert(given, TableRef)
    except msgspec.ValidationError:
        fault = Fault("table", "catalogue.attachment.missing_source")
        raise NotValid("catalogue.attachment.missing_source", faults=[fault]) from None
