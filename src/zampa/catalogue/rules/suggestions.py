"""What a column's name, comment and the shape of a sample suggest. A suggestion carries its trace; a clerk decides.

Sensitivity follows the Personal Information Protection Law: art. 28 names biometrics, religion, identity, health,
accounts and whereabouts as sensitive; the grade follows from it. Values of a sample are looked at and never kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import Field

SHARE = 0.9  # of a sample's values must have a shape before the shape says anything: sources hold bad rows


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What a column looks like, and by which trace: shown beside the field."""

    sensitivity: str = "public"
    reason: str = ""
    check: str = ""


# pattern in name or comment, sensitivity, reason code, check kind
TRACES: tuple[tuple[str, str, str, str], ...] = (
    (
        r"身份证|公民身份号码|id_?(number|card|no)(?![a-z])|sfz|cert_?no|\bgmsfhm",
        "sensitive",
        "catalogue.suggest.id_number",
        "id_number",
    ),
    (r"统一社会信用代码|credit_?code|uscc|tyshxydm", "public", "catalogue.suggest.credit_code", "credit_code"),
    (r"银行|账号|account_?no|bank", "sensitive", "catalogue.suggest.account", ""),
    (r"疾病|病种|病历|诊断|医疗|diagnos|disease|残疾", "sensitive", "catalogue.suggest.health", ""),
    (r"指纹|人脸|虹膜|finger|face_|iris|dna", "sensitive", "catalogue.suggest.biometric", ""),
    (r"宗教|religio", "sensitive", "catalogue.suggest.religion", ""),
    (r"民族|ethnic", "personal", "catalogue.suggest.origin", "ethnic_code"),
    (r"手机|电话|phone|mobile|(?<![a-z])tel(?![a-z])", "personal", "catalogue.suggest.phone", ""),
    (r"住址|地址|address|(?<![a-z])addr(?![a-z])", "personal", "catalogue.suggest.address", ""),
    (r"姓名|^name(?![a-z])|_name(?![a-z])|(?<![a-z])xm(?![a-z])", "personal", "catalogue.suggest.name", "name"),
    (r"出生|(?<![a-z])born|birth|csrq", "personal", "catalogue.suggest.birth", "calendar_date"),
    (r"性别|(?<![a-z])sex(?![a-z])|gender", "personal", "catalogue.suggest.sex", "sex_code"),
    (r"死亡|deceased|婚姻|marri", "personal", "catalogue.suggest.person", ""),
)
PERSONS = (
    r"身份证|公民身份|id_?(number|card)|sfz|gmsfhm|出生|(?<![a-z])born|birth|性别|(?<![a-z])sex(?![a-z])|gender|民族|手机|mobile"
)
SHAPES: tuple[tuple[str, str, str, str], ...] = (
    (r"\d{17}[\dXx]", "sensitive", "catalogue.suggest.id_values", "id_number"),
    (r"1[3-9]\d{9}", "personal", "catalogue.suggest.phone_values", ""),
    (r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", "public", "catalogue.suggest.credit_values", "credit_code"),
    (r"(19|20)\d{2}-?[01]\d-?[0-3]\d", "public", "catalogue.suggest.date_values", "calendar_date"),
)
SEX = ["0", "1", "2", "9"]  # GB/T 2261.1
ETHNIC = [*(f"{number:02d}" for number in range(1, 57)), "97", "98"]  # GB/T 3304


def suggest(field: Field, sample: Sequence[str] = (), *, about_people: bool = True) -> Suggestion:
    """By name and comment first, then by the shape of a sample's values."""
    text = f"{field.name} {field.comment}".lower()
    for pattern, sensitivity, reason, check in TRACES:
        if re.search(pattern, text) and (about_people or sensitivity == "sensitive" or check == "credit_code"):
            return Suggestion(sensitivity=sensitivity, reason=reason, check=check)
    values = [value for value in sample if value]
    for pattern, sensitivity, reason, check in SHAPES if field.type == "text" else ():
        alike = sum(1 for value in values if re.fullmatch(pattern, value))
        if values and alike >= SHARE * len(values):
            return Suggestion(sensitivity=sensitivity, reason=reason, check=check)
    return Suggestion()


def about_people(fields: Sequence[Field]) -> bool:
    """Whether a table tells of people: a bare "name" column means a person only beside other traces of one."""
    return any(re.search(PERSONS, f"{field.name} {field.comment}".lower()) for field in fields)


def sharing_of(sensitivity: str) -> str:
    """Personal items are not open to everybody's asking: their class is conditional until the clerk says otherwise."""
    return "conditional" if sensitivity in {"personal", "sensitive"} else "unconditional"


def item_name(field: Field) -> str:
    """A suggested name: the first words of the comment, else the column's own name."""
    comment = re.split(r"[;；,，。:：(（\n]", field.comment.strip())[0].strip()
    return (comment or field.name)[:200]


def checks_for(field: Field, suggestion: Suggestion, *, sole_key: bool = False) -> list[Check]:
    """Checks a delivery should make of this column: what its own definition and its traces call for.

    `sole_key`: the column alone names a row, so that it must not occur twice. A value is asked for only where the
    source itself never lacks one: a name may be missing, and a Tibetan name often is.
    """
    name, checks = field.name, []
    if not field.nullable or field.key or sole_key:
        checks.append(Check(code="not_null", field=name, kind="not_null"))
    if sole_key:
        checks.append(Check(code="unique", field=name, kind="unique"))
    if suggestion.check in ("id_number", "credit_code"):
        checks.append(Check(code=suggestion.check, field=name, kind=suggestion.check))  # type: ignore[arg-type]
    elif suggestion.check == "calendar_date" and field.type == "text":
        checks.append(Check(code="calendar_date", field=name, kind="calendar_date"))
    elif suggestion.check in ("sex_code", "ethnic_code") and field.type == "text":
        values = SEX if suggestion.check == "sex_code" else ETHNIC
        checks.append(Check(code=suggestion.check, field=name, kind="one_of", params={"values": values}))
    if field.type == "text" and field.length:
        params: dict[str, str | int | list[str]] = {"length": field.length}
        checks.append(Check(code="max_length", field=name, kind="max_length", params=params))
    return checks
