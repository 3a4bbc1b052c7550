"""What an entry must hold, who may move it on, and what a column's name suggests. Pure; every answer has its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import DataType, Field
from zampa.ground.errors import Fault

# state -> step -> next state; a change of a published entry is a draft of its own, so the entry stays in use meanwhile
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "draft": {"edit": "draft", "submit": "submitted", "withdraw": "withdrawn"},
    "returned": {"edit": "returned", "submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"sign": "signed", "return": "returned"},
    "signed": {"publish": "published", "return": "returned"},
    "published": {"change": "published", "withdraw": "withdrawn"},
    "withdrawn": {},
}
BASES_OF_LAW = {"law", "regulation", "decision"}

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


def next_state(state: str, step: str) -> str | None:
    """Where `step` leads from `state`; None when it cannot be taken."""
    return TRANSITIONS.get(state, {}).get(step)


def may_edit(actor: Actor, provider: str) -> Answer:
    if actor.department != provider:
        return refused("catalogue.access.other_department")
    if not actor.holds("editor", "sharing_head"):
        return refused("catalogue.access.needs_editor")
    return allowed("catalogue.access.editor")


def may_sign(actor: Actor, provider: str) -> Answer:
    """Order 809 art. 13: the head of the department signs what is published in its name."""
    if actor.department != provider:
        return refused("catalogue.access.other_department")
    if not actor.holds("department_head"):
        return refused("catalogue.access.needs_department_head")
    return allowed("catalogue.access.department_head")


def may_review(actor: Actor, region: str) -> Answer:
    """Order 809 art. 16: the authority of the same level reviews and announces."""
    if not actor.holds("authority") or region not in actor.governs:
        return refused("catalogue.access.needs_authority")
    return allowed("catalogue.access.authority")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the rules see it."""

    name: str = ""
    abstract: str = ""
    class_code: str = ""
    format: str = "database"
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
    items: tuple[tuple[str, str, str], ...] = ()  # name, sharing, sensitivity


def faults_of(entry: Entry) -> list[Fault]:
    """Everything that keeps an entry from being submitted, at once (Order 809 art. 13 to 15; 2017 guide)."""
    faults = [
        Fault(name, "catalogue.resource.missing")
        for name in ("name", "abstract", "class_code", "update_cycle", "grade")
        if not str(getattr(entry, name)).strip()
    ]
    faults += sharing_faults(entry)
    if entry.opening == "conditional" and not entry.opening_conditions.strip():
        faults.append(Fault("opening_conditions", "catalogue.resource.missing_opening_conditions"))
    return faults + item_faults(entry)


def sharing_faults(entry: Entry) -> list[Fault]:
    """The form logic of the three sharing classes; "not shared" needs a law, a regulation or a decision with its article."""
    if entry.sharing == "none":
        faults = []
        if entry.basis_kind not in BASES_OF_LAW:
            code = (
                "catalogue.resource.local_rule" if entry.basis_kind == "local" else "catalogue.resource.missing_basis"
            )
            faults.append(Fault("basis_kind", code))
        for name in ("basis_instrument", "basis_article"):
            if not str(getattr(entry, name)).strip():
                faults.append(Fault(name, f"catalogue.resource.missing_{name}"))
        return faults
    faults = []
    if not entry.use_requirement:
        faults.append(Fault("use_requirement", "catalogue.resource.missing_use"))
    if entry.sharing == "conditional":
        for name in ("conditions", "scope"):
            if not str(getattr(entry, name)).strip():
                faults.append(Fault(name, f"catalogue.resource.missing_{name}"))
    return faults


ORDER = ("unconditional", "conditional", "none")


def item_faults(entry: Entry) -> list[Fault]:
    """Structured resources need items, each with a name of its own; no item is shared more freely than its sensitivity allows."""
    if not entry.items:
        structured = entry.format in {"database", "sheet", "service"}
        return [Fault("items", "catalogue.resource.missing_items")] if structured else []
    faults, seen = [], set()
    for number, (name, sharing, sensitivity) in enumerate(entry.items, start=1):
        where = f"items.{number}"
        if not name.strip():
            faults.append(Fault(where, "catalogue.item.missing_name", {"number": number}))
        elif name in seen:
            faults.append(Fault(where, "catalogue.item.name_twice", {"number": number, "name": name}))
        seen.add(name)
        if sensitivity == "sensitive" and sharing == "unconditional" and entry.sharing != "none":
            faults.append(Fault(where, "catalogue.item.sensitive_unconditional", {"number": number, "name": name}))
    return faults


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What a column looks like, and by which trace: shown beside the field, decided by the clerk."""

    sensitivity: str = "public"
    reason: str = ""
    check: str = ""


TRACES: tuple[tuple[str, str, str, str], ...] = (
    # pattern in name or comment, sensitivity, reason code, check kind
    (
        r"身份证|公民身份号码|id_?(number|card|no)\b|sfz|idcard|cert_?no",
        "sensitive",
        "catalogue.suggest.id_number",
        "id_number",
    ),
    (r"统一社会信用代码|credit_?code|uscc", "public", "catalogue.suggest.credit_code", "credit_code"),
    (r"银行|账号|account_?no|bank", "sensitive", "catalogue.suggest.account", ""),
    (r"病|诊断|医疗|diagnos|disease", "sensitive", "catalogue.suggest.health", ""),
    (r"指纹|人脸|虹膜|finger|face_|iris", "sensitive", "catalogue.suggest.biometric", ""),
    (r"民族|宗教|ethnic|nation|religio", "sensitive", "catalogue.suggest.origin", ""),
    (r"手机|电话|phone|mobile|tel\b", "personal", "catalogue.suggest.phone", ""),
    (r"住址|地址|address|addr\b", "personal", "catalogue.suggest.address", ""),
    (r"姓名|^name$|_name$|name_bo|xm\b", "personal", "catalogue.suggest.name", ""),
    (r"出生|born|birth", "personal", "catalogue.suggest.birth", ""),
    (r"性别|\bsex\b|gender|死亡|deceased|婚姻|marri", "personal", "catalogue.suggest.person", ""),
)
ID_SHAPE = re.compile(r"\d{17}[\dXx]")
PHONE_SHAPE = re.compile(r"1[3-9]\d{9}")


def suggest(field: Field, sample: Sequence[str] = (), *, about_people: bool = True) -> Suggestion:
    """By name and comment first, then by the shape of a sample's values, which are looked at and not kept."""
    text = f"{field.name} {field.comment}".lower()
    for pattern, sensitivity, reason, check in TRACES:
        if re.search(pattern, text) and (about_people or sensitivity == "sensitive" or check):
            return Suggestion(sensitivity=sensitivity, reason=reason, check=check)
    values = [value for value in sample if value]
    if values and all(ID_SHAPE.fullmatch(value) for value in values):
        return Suggestion(sensitivity="sensitive", reason="catalogue.suggest.id_values", check="id_number")
    if values and all(PHONE_SHAPE.fullmatch(value) for value in values):
        return Suggestion(sensitivity="personal", reason="catalogue.suggest.phone_values")
    return Suggestion()


def about_people(fields: Sequence[Field]) -> bool:
    """Whether a table tells of people: a bare "name" column means a person only beside other traces of one."""
    persons = r"身份证|公民身份|id_?number|id_?card|出生|born|birth|性别|\bsex\b|gender|民族|手机|mobile"
    return any(re.search(persons, f"{field.name} {field.comment}".lower()) for field in fields)


GRADES = {"public": "1", "internal": "2", "personal": "3", "sensitive": "4"}


def grade_of(sensitivities: Sequence[str]) -> str:
    """The grade of an entry is that of its most sensitive item; 2 where nothing was said."""
    return max((GRADES.get(one, "2") for one in sensitivities), default="2")


def sharing_of(sensitivity: str) -> str:
    return "conditional" if sensitivity in {"personal", "sensitive"} else "unconditional"


def item_name(field: Field) -> str:
    """A suggested name: the first words of the comment, else the column's own name."""
    comment = re.split(r"[;；,，。:：(（\n]", field.comment.strip())[0].strip()
    return (comment or field.name)[:200]


def checks_for(field: Field, name: str, suggestion: Suggestion) -> list[Check]:
    """Checks a delivery should make of this item: what the column's own definition and its traces call for."""
    checks = []
    if not field.nullable or field.key:
        checks.append(Check(code="not_null", field=name, kind="not_null"))
    if suggestion.check == "id_number":
        checks.append(Check(code="id_number", field=name, kind="id_number"))
    if suggestion.check == "credit_code":
        checks.append(Check(code="credit_code", field=name, kind="credit_code"))
    if field.type == "text" and field.length:
        checks.append(Check(code="max_length", field=name, kind="max_length", params={"length": field.length}))
    return checks


def type_letter(kind: DataType) -> str:
    """The data-type letter of the 2017 guide."""
    return TYPE_LETTERS[kind]


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, object, object]]:
    """What changed between two snapshots, field by field; items by their name as "items.NAME.field"."""
    found: list[tuple[str, object, object]] = []
    for name in sorted({*before, *after} - {"items"}):
        if before.get(name) != after.get(name):
            found.append((name, before.get(name), after.get(name)))
    old, new = _by_name(before), _by_name(after)
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            found.append((f"items.{name}", name if name in old else None, name if name in new else None))
            continue
        for part in sorted({*old[name], *new[name]}):
            if old[name].get(part) != new[name].get(part):
                found.append((f"items.{name}.{part}", old[name].get(part), new[name].get(part)))
    return found


def _by_name(snapshot: Mapping[str, object]) -> dict[str, dict[str, object]]:
    rows = snapshot.get("items")
    return {str(row["name"]): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}


def column_differences(items: Sequence[tuple[str, str]], fields: Sequence[Field]) -> list[tuple[str, str, str]]:
    """What the probe saw differ: (column, "gone" | "type", said). A new column at the source is no fault of the entry."""
    there = {field.name: field for field in fields}
    found = []
    for column, kind in items:
        field = there.get(column)
        if field is None:
            found.append((column, "gone", ""))
        elif field.type != kind:
            found.append((column, "type", f"{kind} -> {field.type}"))
    return found
