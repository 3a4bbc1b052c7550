"""What a data element must hold, and what one version differs from the next in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from zampa.ground.errors import Fault
from zampa.standards.rules.naming import word_key

NUMBER = re.compile(r"[A-Z][A-Z0-9-]{1,38}")
SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,58}|")
TYPES = ("text", "integer", "decimal", "double", "boolean", "date", "time", "timestamp", "timestamptz", "binary",
         "json", "uuid")  # fmt: skip
DOMAINS = ("free", "list", "range", "pattern", "id_number", "credit_code", "calendar_date")
SENSITIVITIES = ("public", "internal", "personal", "sensitive")
OF_TEXT = ("list", "pattern", "id_number", "credit_code")
LONGEST = 1_000_000
MOST_WORDS = 100


@dataclass(frozen=True, kw_only=True)
class ElementDraft:
    """An element as a person fills it in or a row of a file gives it. `code_list`: the short name of its list."""

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
    synonyms: Sequence[str] = ()
    columns: Sequence[str] = ()


PLAIN = tuple(name for name in ElementDraft.__dataclass_fields__ if name not in ("code_list", "synonyms", "columns"))


def element_faults(draft: ElementDraft, lists: frozenset[str]) -> list[Fault]:
    """Everything wrong with an element, by its field; `lists`: short names of the code lists that exist."""
    faults = []
    if not NUMBER.fullmatch(draft.number):
        faults.append(Fault("number", "standards.element.bad_number"))
    if not draft.name.strip() or len(draft.name) > 200:
        faults.append(Fault("name", "standards.missing"))
    if not SYMBOL.fullmatch(draft.symbol):
        faults.append(Fault("symbol", "standards.element.bad_symbol"))
    chosen = {"type": TYPES, "domain": DOMAINS, "sensitivity": SENSITIVITIES}
    for where, known in chosen.items():
        value = getattr(draft, where)
        if value not in known:
            faults.append(Fault(where, "standards.unknown_word", {"word": value}))
    words = [*draft.synonyms, *draft.columns]
    if len(words) > MOST_WORDS or any(len(word) > 200 for word in words):
        faults.append(Fault("synonyms", "standards.element.too_many_words", {"limit": MOST_WORDS}))
    if draft.type in TYPES:
        faults += [*_size_faults(draft), *_domain_faults(draft, lists)]
    return faults


def _size_faults(draft: ElementDraft) -> list[Fault]:
    faults = [
        Fault(where, "standards.element.bad_size", {"limit": f"{LONGEST:,}"})
        for where in ("min_length", "length", "precision", "scale")
        if (value := getattr(draft, where)) is not None and not (1 if where != "scale" else 0) <= value <= LONGEST
    ]
    if draft.min_length is not None and draft.length is not None and draft.min_length > draft.length:
        faults.append(Fault("min_length", "standards.element.min_over_max"))
    if draft.scale is not None and (draft.precision is None or draft.scale > draft.precision):
        faults.append(Fault("scale", "standards.element.scale_over_precision"))
    if draft.type != "text" and (draft.length or draft.min_length):
        faults.append(Fault("length", "standards.element.length_of_text"))
    if draft.type != "decimal" and draft.precision:
        faults.append(Fault("precision", "standards.element.precision_of_decimal"))
    return faults


def _domain_faults(draft: ElementDraft, lists: frozenset[str]) -> list[Fault]:
    """The domain has what it needs and nothing of another; lists, patterns and numbers are of text."""
    if draft.domain in OF_TEXT and draft.type != "text":
        return [Fault("type", "standards.element.text_only")]
    if draft.domain == "calendar_date" and draft.type not in ("text", "date", "timestamp", "timestamptz"):
        return [Fault("type", "standards.element.date_only")]
    if draft.domain == "list" and draft.code_list not in lists:
        return [Fault("code_list", "standards.element.unknown_list", {"list": draft.code_list})]
    if draft.domain == "pattern":
        return pattern_faults(draft.pattern, "pattern")
    return _range_faults(draft) if draft.domain == "range" else []


def pattern_faults(pattern: str, where: str) -> list[Fault]:
    """It is kept to what every engine reads alike (RE2): no look-around, no back reference."""
    if not pattern:
        return [Fault(where, "standards.missing")]
    try:
        re.compile(pattern)
    except re.error:
        return [Fault(where, "standards.element.bad_pattern")]
    strange = re.search(r"\(\?[=!<P]|\\[1-9]|[*+?}]\+", pattern)
    return [Fault(where, "standards.element.bad_pattern")] if strange else []


def _range_faults(draft: ElementDraft) -> list[Fault]:
    if draft.type not in ("integer", "decimal", "double", "date", "timestamp"):
        return [Fault("type", "standards.element.range_type")]
    if not draft.low and not draft.high:
        return [Fault("low", "standards.element.no_bound")]
    if draft.type in ("date", "timestamp"):
        return _ordered(draft, draft.low, draft.high)
    bounds: list[Decimal | None] = []
    for where in ("low", "high"):
        text = getattr(draft, where)
        try:
            bounds.append(Decimal(text) if text else None)
        except InvalidOperation:
            return [Fault(where, "standards.element.bad_bound")]
    low, high = bounds
    return (
        [Fault("high", "standards.element.high_under_low")]
        if low is not None and high is not None and low > high
        else []
    )


def _ordered(draft: ElementDraft, low: str, high: str) -> list[Fault]:
    for where, text in (("low", low), ("high", high)):
        if text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return [Fault(where, "standards.element.bad_bound")]
    return [Fault("high", "standards.element.high_under_low")] if low and high and low > high else []


def words_of(draft: ElementDraft) -> list[tuple[str, str, str]]:
    """(kind, word, as compared), each once, without the element's own name."""
    found: dict[tuple[str, str], str] = {}
    own = word_key(draft.name)
    for kind, words in (("name", draft.synonyms), ("column", draft.columns)):
        for word in words:
            key = word_key(word)
            if key and not (kind == "name" and key == own):
                found.setdefault((kind, key), word.strip())
    return [(kind, word, key) for (kind, key), word in found.items()]


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """What changed between two versions, field by field."""
    names = [name for name in after if before.get(name) != after.get(name)]
    return [(name, before.get(name), after.get(name)) for name in names]


def may_change_now(state: str, owned: bool) -> bool:
    """A department's own element is changed by it while it is being written; the region's while it stands."""
    return state in ("draft", "returned") if owned else state in ("draft", "returned", "in_force")
