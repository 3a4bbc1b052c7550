"""Who may keep standards. The authority keeps the region's; a department proposes its own and the authority decides."""

from __future__ import annotations

from zampa.contracts.actors import Actor, Answer, allowed, refused

OPEN_TO_ALL = ("in_force", "replaced", "abolished")


def may_keep(actor: Actor) -> Answer:
    """The region's documents, elements and lists: the authority, or the installation's own commands."""
    if actor.kind == "system" or actor.holds("authority"):
        return allowed("standards.keep.allowed")
    return refused("standards.keep.authority_only")


def may_propose(actor: Actor, department: str) -> Answer:
    """A department's own elements and lists: its editors and sharing-office head."""
    if actor.kind == "system":
        return allowed("standards.propose.installation")
    if not department or actor.department != department:
        return refused("standards.propose.other_department")
    if not actor.holds("editor", "sharing_head"):
        return refused("standards.propose.editors_only")
    return allowed("standards.propose.allowed")


def may_change(actor: Actor, department: str) -> Answer:
    """What is the region's (`department` empty) is the authority's to change, what is a department's its own."""
    return may_propose(actor, department) if department else may_keep(actor)


def may_adopt(actor: Actor, department: str) -> Answer:
    """That a department follows a document is noted by its own people, or by an authority."""
    if actor.kind == "system" or actor.holds("authority"):
        return allowed("standards.adopt.allowed")
    if actor.department != department or not department:
        return refused("standards.adopt.other_department")
    if not actor.holds("editor", "sharing_head", "department_head"):
        return refused("standards.adopt.own_people_only")
    return allowed("standards.adopt.allowed")
