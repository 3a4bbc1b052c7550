"""The personal-information impact assessment before publishing (Personal Information Protection Law art. 55 and 56).

Article 56 asks three things: whether purpose and manner are lawful, legitimate and necessary; the effect on people's
rights and the security risk; whether the protection is lawful, effective and fits the risk. Article 55 says when.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.ground.errors import Fault

SITUATIONS = ("sensitive", "automated", "providing", "publishing", "abroad", "other")  # art. 55, in its order
RISKS = ("low", "medium", "high")
NEEDED = ("purpose", "manner", "basis", "necessity", "effect", "protection")
ABOUT_PEOPLE: dict[str, int] = {"personal": 1, "sensitive": 2}
SHARED = {"none": 0, "conditional": 1, "unconditional": 2}
OPENED = {"none": 0, "conditional": 1, "open": 2}


class PersonalItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item about people: `key` is its column, or its name where it has none."""

    key: str
    name: str
    sensitivity: str


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """What an assessment looked at: these items, shared and opened so far and no further."""

    items: tuple[PersonalItem, ...] = ()
    sharing: str = "none"
    opening: str = "none"


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What is filled in: why and how the data is processed, by what right, what it does to people, what guards it."""

    situations: tuple[str, ...] = ()
    purpose: str = ""
    manner: str = ""
    basis: str = ""
    necessity: str = ""
    effect: str = ""
    risk: str = ""
    protection: str = ""


def answer_faults(answers: Answers, now: Assessed) -> list[Fault]:
    """Everything that keeps an assessment from being signed, at once."""
    faults = [Fault(name, "catalogue.resource.missing") for name in NEEDED if not getattr(answers, name).strip()]
    if answers.risk not in RISKS:
        faults.append(Fault("risk", "catalogue.impact.unknown_risk"))
    if set(answers.situations) - set(SITUATIONS):
        faults.append(Fault("situations", "catalogue.impact.unknown_situation"))
    for needed in _situations(now):
        if needed not in answers.situations:
            faults.append(Fault("situations", f"catalogue.impact.{needed}_not_said"))
    return faults


def _situations(now: Assessed) -> list[str]:
    """The cases of article 55 that the entry itself shows."""
    found = ["sensitive"] if any(item.sensitivity == "sensitive" for item in now.items) else []
    found += ["providing"] if now.sharing != "none" else []
    return found + (["publishing"] if now.opening != "none" else [])


def impact_faults(now: Assessed, before: Assessed | None) -> list[Fault]:
    """Whether the assessment signed last still covers the entry: none needed without personal items or sharing;
    revised when items about people came in or became more sensitive, or more is shared or opened than was assessed."""
    if not now.items or now.sharing == "none":
        return []
    if before is None:
        return [Fault("impact", "catalogue.resource.impact_unassessed")]
    known: dict[str, int] = {}
    for item in before.items:
        for one in (item.key, item.name):  # a column renamed at the source is still the same item
            known[one] = max(known.get(one, 0), ABOUT_PEOPLE[item.sensitivity])
    new = [
        item.name for item in now.items
        if max(known.get(item.key, 0), known.get(item.name, 0)) < ABOUT_PEOPLE[item.sensitivity]
    ]  # fmt: skip
    faults = [Fault("impact", "catalogue.impact.items_new", {"names": "、".join(new[:10])})] if new else []
    wider = SHARED.get(now.sharing, 0) > SHARED[before.sharing] or OPENED.get(now.opening, 0) > OPENED[before.opening]
    if wider:
        faults.append(Fault("impact", "catalogue.impact.wider"))
    return faults


def personal(items: Sequence[tuple[str, str, str]]) -> tuple[PersonalItem, ...]:
    """Of (column, name, sensitivity): those about people."""
    return tuple(
        PersonalItem(key=column or name, name=name, sensitivity=said) for column, name, said in items
        if said in ABOUT_PEOPLE
    )  # fmt: skip


def may_read_impact(actor: Actor, provider: str, region: str) -> Answer:
    """What guards people's data is told to the department itself, its authority and the auditor."""
    own = bool(provider) and actor.department == provider
    if own or actor.holds("audit_admin") or (actor.holds("authority") and region in actor.governs):
        return allowed("catalogue.access.authority")
    return refused("catalogue.access.not_your_impact")
