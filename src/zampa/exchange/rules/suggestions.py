"""What the portal suggests for each item: the least that serves the purpose. A tool proposes, a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zampa.contracts.flowspecs import Mask

# preset code -> mask; the page words them
PRESETS: dict[str, Mask] = {
    "none": Mask(),
    "drop": Mask(kind="drop"),
    "first": Mask(kind="keep", first=1),
    "ends": Mask(kind="keep", first=3, last=4),
    "edges": Mask(kind="keep", first=6, last=4),
    "hash": Mask(kind="hash"),
    "month": Mask(kind="date", to="month"),
    "year": Mask(kind="date", to="year"),
    "county": Mask(kind="region", to="county"),
    "prefecture": Mask(kind="region", to="prefecture"),
}
_FOR_TYPES: dict[str, frozenset[str]] = {
    "month": frozenset({"date", "timestamp", "timestamptz", "text"}),
    "year": frozenset({"date", "timestamp", "timestamptz", "text"}),
    "county": frozenset({"text", "integer"}),
    "prefecture": frozenset({"text", "integer"}),
}


@dataclass(frozen=True)
class Suggestion:
    """`reason` is a code of the room's wording."""

    verdict: str
    preset: str
    reason: str = ""


def presets_for(data_type: str) -> list[str]:
    """The masks that make sense for a type, in the order they are offered."""
    return [name for name in PRESETS if data_type in _FOR_TYPES.get(name, {data_type})]


def preset_of(mask: Mask) -> str:
    """The preset that a mask is, "" when somebody wrote one of their own by the API."""
    return next((name for name, known in PRESETS.items() if known == mask), "")


def suggest(*, purpose: str, key: bool, sensitivity: str, data_type: str, ways: Sequence[str]) -> Suggestion:
    """No purpose, no item; personal items leave as little as the ways asked for need."""
    if len(purpose.strip()) < 2:
        return Suggestion("no", "none", "exchange.suggestion.no_purpose")
    verify_only = "verify" in ways and not {"query", "pass", "table", "file"} & set(ways)
    if verify_only:
        return Suggestion("yes", "drop", "exchange.suggestion.verify_only")
    if sensitivity in ("personal", "sensitive"):
        if key:
            return Suggestion("yes", "edges", "exchange.suggestion.personal")
        if data_type in ("date", "timestamp", "timestamptz"):
            return Suggestion("yes", "year", "exchange.suggestion.personal")
        if data_type == "text":
            return Suggestion("yes", "first", "exchange.suggestion.personal")
    return Suggestion("yes", "none")
