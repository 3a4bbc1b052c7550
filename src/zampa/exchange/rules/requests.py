"""What a request must hold, and how it moves. Order 809 art. 20 to 22."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zampa.ground.errors import Conflict, Fault

# act -> (states it may start from, state it ends in)
MOVES: dict[str, tuple[frozenset[str], str]] = {
    "edit": (frozenset({"draft", "returned"}), ""),
    "submit": (frozenset({"draft", "returned"}), "submitted"),
    "send_back": (frozenset({"submitted"}), "draft"),
    "sign": (frozenset({"submitted"}), "signed"),
    "take_up": (frozenset({"signed"}), "under_review"),
    "opine": (frozenset({"signed", "under_review"}), "under_review"),
    "return": (frozenset({"signed", "under_review"}), "returned"),
    "grant": (frozenset({"signed", "under_review"}), "granted"),
    "refuse": (frozenset({"signed", "under_review"}), "refused"),
    "withdraw": (frozenset({"draft", "submitted", "signed", "under_review", "returned"}), "withdrawn"),
}
SERVICE_WAYS = frozenset({"query", "verify", "pass"})
RUN_WAYS = frozenset({"table", "file"})
FILE_FORMATS = ("csv", "xlsx", "parquet")
SHORTEST_TEXT = 4  # a word or two is no basis and no purpose
LONGEST_YEARS = 5


@dataclass(frozen=True)
class AskedItem:
    """`where` is the form field that holds its purpose."""

    where: str
    name: str
    purpose: str
    key: bool = False
    sharing: str = "conditional"


@dataclass(frozen=True)
class Asked:
    """A request's facts as the rules see them."""

    basis: str
    scenario: str
    scope: str
    ways: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    items: tuple[AskedItem, ...]
    calls_per_day: int = 0
    has_system: bool = False
    has_destination: bool = False
    destination_table: str = ""
    file_format: str = ""
    source: str = "table"  # table | http | "" when nothing is attached


def next_state(act: str, state: str) -> str:
    """The state after `act`; Conflict when the request stands elsewhere. Empty in MOVES means it stays."""
    starts, ends = MOVES[act]
    if state not in starts:
        raise Conflict("exchange.request.wrong_state", act=act, state=state)
    return ends or state


def faults_of(asked: Asked, today: date) -> list[Fault]:
    """Everything that keeps a request from being submitted, told at once (art. 20; told once and in full, art. 21)."""
    faults = [
        Fault(name, f"exchange.request.missing_{name}")
        for name in ("basis", "scenario", "scope")
        if len(getattr(asked, name).strip()) < SHORTEST_TEXT
    ]
    faults += _way_faults(asked)
    faults += _date_faults(asked, today)
    if not asked.items:
        faults.append(Fault("items", "exchange.request.missing_items"))
    for item in asked.items:
        if len(item.purpose.strip()) < 2:
            faults.append(Fault(item.where, "exchange.request.missing_purpose", {"item": item.name}))
        if item.sharing == "none":
            faults.append(Fault(item.where, "exchange.request.item_not_shared", {"item": item.name}))
    return faults


def _way_faults(asked: Asked) -> list[Fault]:
    ways = set(asked.ways)
    faults = []
    if not ways:
        faults.append(Fault("ways", "exchange.request.missing_ways"))
    if ways & SERVICE_WAYS:
        if not asked.has_system:
            faults.append(Fault("system", "exchange.request.missing_system"))
        if asked.calls_per_day < 1:
            faults.append(Fault("calls_per_day", "exchange.request.missing_calls"))
    if asked.source == "table" and "pass" in ways:
        faults.append(Fault("ways", "exchange.request.pass_needs_service"))
    if asked.source == "http" and ways - {"pass"}:
        faults.append(Fault("ways", "exchange.request.service_passes_only"))
    if "verify" in ways:
        if asked.items and not any(item.key for item in asked.items):
            faults.append(Fault("items", "exchange.request.verify_needs_key"))
        elif asked.items and all(item.key for item in asked.items):
            faults.append(Fault("items", "exchange.request.verify_needs_field"))
    if "table" in ways and not asked.has_destination:
        faults.append(Fault("destination", "exchange.request.missing_destination"))
    if "table" in ways and not asked.destination_table:
        faults.append(Fault("destination_table", "exchange.request.missing_destination_table"))
    if "file" in ways and asked.file_format not in FILE_FORMATS:
        faults.append(Fault("file_format", "exchange.request.missing_file_format"))
    return faults


def _date_faults(asked: Asked, today: date) -> list[Fault]:
    starts, ends = asked.starts_on, asked.ends_on
    if starts is None or ends is None:
        return [
            Fault(name, f"exchange.request.missing_{name}")
            for name in ("starts_on", "ends_on")
            if getattr(asked, name) is None
        ]
    if ends < starts:
        return [Fault("ends_on", "exchange.request.ends_before_start")]
    if ends < today:
        return [Fault("ends_on", "exchange.request.ends_in_past")]
    if (ends - starts).days > 366 * LONGEST_YEARS:
        return [Fault("ends_on", "exchange.request.too_long", {"years": LONGEST_YEARS})]
    return []


def sharing_of(resource: str, items: Sequence[str]) -> str:
    """A request is as strict as its strictest item: one conditional item makes it conditional (art. 14)."""
    return "unconditional" if resource == "unconditional" and "conditional" not in items else "conditional"


def clock_of(sharing: str) -> str:
    """Art. 21: one working day for what is shared unconditionally, ten for the rest; the days stand in the profile."""
    return "reply_unconditional" if sharing == "unconditional" else "reply_conditional"


def spell_number(kind: str, year: int, count: int) -> str:
    """R-2026-0001; past 9,999 it grows longer."""
    return f"{kind}-{year}-{count:04d}"
