"""Who may move an entry on, and where each step leads."""

from __future__ import annotations

from collections.abc import Mapping

from zampa.contracts.actors import Actor, Answer, allowed, refused

# state -> step -> next state; a change of a published entry is a draft of its own, so the entry stays in use meanwhile
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "draft": {"edit": "draft", "assess": "draft", "submit": "submitted", "withdraw": "withdrawn"},
    "returned": {"edit": "returned", "assess": "returned", "submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"sign": "signed", "return": "returned"},
    "signed": {"publish": "published", "return": "returned"},
    "published": {"change": "published", "assess": "published", "withdraw": "withdrawn"},
    "withdrawn": {"restore": "draft"},
}


def next_state(state: str, step: str) -> str | None:
    """Where `step` leads from `state`; None when it cannot be taken."""
    return TRANSITIONS.get(state, {}).get(step)


def may_edit(actor: Actor, provider: str) -> Answer:
    """Entries are kept by their department's editors and its sharing-office head (Order 809 art. 11)."""
    if not provider or actor.department != provider:
        return refused("catalogue.access.other_department")
    if not actor.holds("editor", "sharing_head"):
        return refused("catalogue.access.needs_editor")
    return allowed("catalogue.access.editor")


def may_sign(actor: Actor, provider: str) -> Answer:
    """Order 809 art. 13: the head of the department signs what is published in its name."""
    if not provider or actor.department != provider:
        return refused("catalogue.access.other_department")
    if not actor.holds("department_head"):
        return refused("catalogue.access.needs_department_head")
    return allowed("catalogue.access.department_head")


def may_review(actor: Actor, region: str) -> Answer:
    """Order 809 art. 16: the authority of the same level reviews and announces."""
    if not actor.holds("authority") or region not in actor.governs:
        return refused("catalogue.access.needs_authority")
    return allowed("catalogue.access.authority")


def may_keep_secrets(actor: Actor) -> Answer:
    """The list of words that mean a state secret is the authority's."""
    if not actor.holds("authority"):
        return refused("catalogue.access.needs_authority")
    return allowed("catalogue.access.authority")


def may_stand(actor: Actor, provider: str) -> Answer:
    """The standing yes to requests is the provider's office head's, who else would sign each reply (art. 20)."""
    if not provider or actor.department != provider:
        return refused("catalogue.access.other_department")
    if not actor.holds("sharing_head"):
        return refused("catalogue.access.needs_sharing_head")
    return allowed("catalogue.access.sharing_head")


def may_attach(actor: Actor, provider: str) -> Answer:
    """Whether an entry is joined to its real source is the same office head's to say."""
    return may_stand(actor, provider)
