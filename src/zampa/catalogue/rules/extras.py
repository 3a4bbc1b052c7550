"""Elements beside the thirteen, as platforms and the system survey ask for them, and the formats a resource comes in.

Each is a canonical word of a short list or a free text; other platforms' spellings are maps at the edge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zampa.ground.errors import Fault

LONGEST = 500
MOST_FORMATS = 10

# The guide's seven big classes and the kinds it names as examples (domain 2.5); any other kind is free text.
FORMAT_KINDS: Mapping[str, tuple[str, ...]] = {
    "efile": ("OFD", "wps", "xml", "txt", "doc", "docx", "html", "pdf", "ppt"),
    "sheet": ("et", "xls", "xlsx", "csv"),
    "database": ("Dm", "KingbaseES", "access", "dbf", "oracle", "sql server", "db2", "postgresql", "mysql"),
    "image": ("jpg", "gif", "bmp"),
    "stream": ("swf", "rm", "mpg"),
    "self": (),
    "service": ("http", "webservice"),
}

# Element -> the canonical words it may hold; none = free text.
EXTRAS: Mapping[str, tuple[str, ...]] = {
    "provider_kind": ("department", "unit", "enterprise", "other"),
    "ownership": ("own", "shared", "entrusted"),
    "management": ("central", "own", "vertical"),
    "origin": ("collected", "produced", "exchanged", "bought"),
    "link": (),
    "secrecy": ("none", "work_secret"),
    "medium": ("electronic", "paper", "both"),
    "location": (),
    "granularity": (),
    "indicators": (),
    "served": (),
    "field": (),
    "main_source": (),
    "scene": (),
    "duty": (),
    "area": ("region", "prefecture", "county"),
    "contact": (),
    "contact_phone": (),
    "share_mode": ("platform", "mail", "media"),
    "census_rows": (),
    "census_bytes": (),
}
ITEM_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "update_cycle": (
        "realtime", "daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular", "never",
    ),
    "way": ("service", "batch", "file"),
    "scope": (),
    "opening_conditions": (),
    "format": (),
    "storage": (),
    "date_format": (),
    "required": ("yes", "no"),
}  # fmt: skip


def extra_faults(given: Mapping[str, str]) -> list[Fault]:
    """Unknown elements, unknown words and texts too long, each named."""
    return _faults(EXTRAS, given, "extra")


def item_extra_faults(given: Mapping[str, str]) -> list[Fault]:
    return _faults(ITEM_EXTRAS, given, "extra")


def _faults(known: Mapping[str, tuple[str, ...]], given: Mapping[str, str], where: str) -> list[Fault]:
    faults = []
    for name, text in given.items():
        if name not in known:
            faults.append(Fault(f"{where}.{name}", "catalogue.extra.unknown", {"name": name}))
        elif known[name] and text and text not in known[name]:
            faults.append(Fault(f"{where}.{name}", "catalogue.unknown_word", {"name": name}))
        elif len(text) > LONGEST:
            faults.append(Fault(f"{where}.{name}", "catalogue.extra.long", {"name": name, "most": LONGEST}))
    return faults


def format_faults(rows: Sequence[Mapping[str, str]]) -> list[Fault]:
    """Formats beside the main one: a class of the seven, a kind, a note."""
    faults = [] if len(rows) <= MOST_FORMATS else [Fault("formats", "catalogue.extra.formats", {"most": MOST_FORMATS})]
    for number, row in enumerate(rows, start=1):
        if row.get("category") not in FORMAT_KINDS or set(row) - {"category", "kind", "note"}:
            faults.append(Fault(f"formats.{number}", "catalogue.unknown_word", {"name": "format"}))
        if any(len(str(text)) > 100 for text in row.values()):
            faults.append(Fault(f"formats.{number}", "catalogue.extra.long", {"name": "format", "most": 100}))
    return faults
