"""What drafting suggested and why, as a clerk reads it beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as now_text

from zampa.catalogue.models import Item, Resource
from zampa.catalogue.words import shown
from zampa.desk.wording import text_of

REASONS = {"name": "name_reason", "sensitivity": "reason", "sharing": "sharing_reason"}


def suggested(resource: Resource) -> dict[str, str]:
    """Element -> the reason of what was suggested for it, with the value where the clerk has chosen another since."""
    told = {}
    for name, said in resource.suggestions.items():
        if not isinstance(said, Mapping) or not said.get("reason"):
            continue
        params: dict[str, Any] = dict(said.get("params") or {})
        reason, value = text_of(said["reason"], params), str(said.get("value", ""))
        told[name] = reason if value in ("", _now(resource, name)) else _other(_value(name, value, params), reason)
    return told


def item_suggested(item: Item) -> dict[str, str]:
    """The same of an item: its name, its sensitivity, its sharing class."""
    told = {}
    for name, key in REASONS.items():
        if code := item.suggestion.get(key):
            value = str(item.suggestion.get(name, ""))
            reason = text_of(code)
            element = item.suggestion.get("element", "") if key == "name_reason" else ""
            reason = f"{reason} {element}".strip()
            differs = value and value != getattr(item, name)
            words = dict(Item.Sensitivity.choices).get(value, value) if name == "sensitivity" else value
            told[name] = _other(str(words), reason) if differs else reason
    return told


def _now(resource: Resource, name: str) -> str:
    if name == "class_code":
        return f"{resource.code_scheme}:{resource.class_code}"
    return str(getattr(resource, name, ""))


def _value(name: str, value: str, params: Mapping[str, Any]) -> str:
    if name == "class_code":
        return " ".join(part for part in (value.partition(":")[2], str(params.get("class", ""))) if part)
    return shown(name, value)


def _other(value: str, reason: str) -> str:
    return now_text("原建议“%(value)s”，%(reason)s") % {"value": value, "reason": reason}
