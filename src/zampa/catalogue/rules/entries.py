"""What an entry must hold before its head is asked to sign it: the 2017 guide under Order 809 art. 13 to 15."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from zampa.catalogue.rules.impacts import Assessed, impact_faults, personal
from zampa.contracts.schemas import DataType
from zampa.ground.errors import Fault

BASES_OF_LAW = frozenset({"law", "regulation", "decision"})
STRUCTURED = frozenset({"database", "sheet", "service"})
NEEDED = ("name", "abstract", "class_code", "format", "update_cycle", "category", "grade")
GRADES: Mapping[str, str] = {"public": "1", "internal": "2", "personal": "3", "sensitive": "4"}
ARTICLE = re.compile(r"第?\s*[0-9一二三四五六七八九十百零]+\s*(条|款|项)|\d+")

# Data-type letters of the guide's implementations (domain 2.4).
TYPE_LETTERS: Mapping[str, str] = {
    "text": "C",
    "integer": "I",
    "decimal": "N",
    "double": "B",
    "boolean": "L",
    "date": "D",
    "time": "C",
    "timestamp": "T",
    "timestamptz": "T",
    "binary": "G",
    "json": "M",
    "uuid": "C",
}


class EntryItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as the rules see it."""

    name: str
    column: str = ""
    sharing: str = "unconditional"
    sensitivity: str = "public"
    conditions: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the rules see it."""

    name: str = ""
    abstract: str = ""
    class_code: str = ""
    format: str = "database"
    category: str = ""
    sharing: str = "unconditional"
    use_requirement: str = ""
    conditions: str = ""
    scope: str = ""
    basis_kind: str = ""
    basis_instrument: str = ""
    basis_article: str = ""
    opening: str = "none"
    opening_conditions: str = ""
    update_cycle: str = ""
    grade: str = ""
    secrecy_checked: bool = False
    assessed: Assessed | None = None
    items: tuple[EntryItem, ...] = ()


def faults_of(entry: Entry) -> list[Fault]:
    """Everything that keeps an entry from being submitted, at once."""
    faults = [Fault(name, "catalogue.resource.missing") for name in NEEDED if not str(getattr(entry, name)).strip()]
    faults += sharing_faults(entry)
    faults += _opening_faults(entry)
    faults += _declaration_faults(entry)
    least = grade_of([item.sensitivity for item in entry.items]) if entry.items else "1"
    if entry.grade and entry.grade < least:
        faults.append(Fault("grade", "catalogue.resource.grade_too_low", {"least": least}))
    return faults + item_faults(entry)


def sharing_faults(entry: Entry) -> list[Fault]:
    """Unconditional: what it may be used for. Conditional: conditions and scope too. None: a law, an administrative
    regulation or a State Council decision with its article; a local rule is no basis (art. 14 and 15)."""
    if entry.sharing == "none":
        return _basis_faults(entry, "{}", {})
    if entry.sharing not in ("unconditional", "conditional"):
        return [Fault("sharing", "catalogue.resource.unknown_sharing")]
    faults = [] if entry.use_requirement else [Fault("use_requirement", "catalogue.resource.missing_use")]
    if entry.sharing == "conditional":
        for name in ("conditions", "scope"):
            if not str(getattr(entry, name)).strip():
                faults.append(Fault(name, f"catalogue.resource.missing_{name}"))
    return faults


def _basis_faults(of: Entry | EntryItem, where: str, params: Mapping[str, object]) -> list[Fault]:
    faults = []
    if of.basis_kind not in BASES_OF_LAW:
        code = "catalogue.resource.local_rule" if of.basis_kind == "local" else "catalogue.resource.missing_basis"
        faults.append(Fault(where.format("basis_kind"), code, params))
    if not of.basis_instrument.strip():
        faults.append(Fault(where.format("basis_instrument"), "catalogue.resource.missing_basis_instrument", params))
    if not ARTICLE.search(of.basis_article):
        faults.append(Fault(where.format("basis_article"), "catalogue.resource.missing_basis_article", params))
    return faults


def _opening_faults(entry: Entry) -> list[Fault]:
    if entry.opening == "conditional" and not entry.opening_conditions.strip():
        return [Fault("opening_conditions", "catalogue.resource.missing_opening_conditions")]
    if entry.opening == "open" and entry.sharing == "none":
        return [Fault("opening", "catalogue.resource.open_but_not_shared")]
    return []


def _declaration_faults(entry: Entry) -> list[Fault]:
    """Secrets never enter (art. 2); personal information only after its impact was assessed (PIPL art. 55)."""
    faults = [] if entry.secrecy_checked else [Fault("secrecy_checked", "catalogue.resource.secrecy_unchecked")]
    items = personal([(item.column, item.name, item.sensitivity) for item in entry.items])
    now = Assessed(items=items, sharing=entry.sharing, opening=entry.opening)
    return faults + impact_faults(now, entry.assessed)


def item_faults(entry: Entry) -> list[Fault]:
    """Structured resources need items, each named once; one kept back needs its basis, a conditional one its terms."""
    if not entry.items:
        return [Fault("items", "catalogue.resource.missing_items")] if entry.format in STRUCTURED else []
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, item in enumerate(entry.items, start=1):
        params = {"number": number, "name": item.name}
        if not item.name.strip():
            faults.append(Fault(f"items.{number}", "catalogue.item.missing_name", params))
        elif item.name in seen:
            faults.append(Fault(f"items.{number}", "catalogue.item.name_twice", params))
        seen.add(item.name)
        faults += _one_item(entry, item, number, params)
    return faults


def _one_item(entry: Entry, item: EntryItem, number: int, params: Mapping[str, object]) -> list[Fault]:
    if entry.sharing == "none":
        return []
    if not item.sharing or not item.sensitivity:
        return [Fault(f"items.{number}", "catalogue.item.unsaid", params)]
    if item.sharing == "none":
        found = _basis_faults(item, f"items.{number}.{{}}", params)
        return [Fault(f"items.{number}", f"catalogue.item.{_last(one.code)}", params) for one in found]
    if item.sensitivity == "sensitive" and item.sharing == "unconditional":
        return [Fault(f"items.{number}", "catalogue.item.sensitive_unconditional", params)]
    if entry.sharing == "unconditional" and item.sharing == "conditional" and not item.conditions.strip():
        return [Fault(f"items.{number}", "catalogue.item.missing_conditions", params)]
    return []


def _last(code: str) -> str:
    return code.rsplit(".", 1)[1]


def warnings_of(entry: Entry) -> list[Fault]:
    """What hinders nothing but should be looked at: every item conditional under an unconditional entry."""
    shared = [item for item in entry.items if item.sharing != "none"]
    if entry.sharing == "unconditional" and shared and all(item.sharing == "conditional" for item in shared):
        return [Fault("sharing", "catalogue.resource.all_items_conditional")]
    if entry.sharing == "conditional" and shared and all(item.sensitivity == "public" for item in shared):
        return [Fault("sharing", "catalogue.resource.nothing_personal")]
    return []


def grade_of(sensitivities: Sequence[str]) -> str:
    """The grade of an entry is that of its most sensitive item; 2 where nothing was said."""
    return max((GRADES.get(one, "2") for one in sensitivities), default="2")


def type_letter(kind: DataType) -> str:
    """The data-type letter of the 2017 guide."""
    return TYPE_LETTERS[kind]
