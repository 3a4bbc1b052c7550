"""Who acts, on what, and whether they may. Values only, so that the lowest rooms can carry them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from zampa.ground.errors import NotAllowed

Post = Literal[
    "editor", "sharing_head", "department_head", "authority", "system_admin", "security_admin", "audit_admin"
]
ActorKind = Literal["person", "consumer", "gateway", "system"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """One who acts, filled by `identity` at the edge.

    `department` is a department's id as text; `governs` are the region codes whose departments this
    actor's department is the authority of (design: an authority is marked so for one region).
    """

    kind: ActorKind
    id: str
    name: str
    department: str = ""
    department_name: str = ""
    posts: frozenset[Post] = frozenset()
    governs: frozenset[str] = frozenset()
    deputy_for: str = ""

    def holds(self, *posts: Post) -> bool:
        return not self.posts.isdisjoint(posts)


SYSTEM = Actor(kind="system", id="zampa", name="Zampa")


class Subject(msgspec.Struct, frozen=True):
    """What an act is about: a kind ("exchange.request"), its id, its name when the act happened."""

    kind: str
    id: str
    name: str = ""


class Answer(msgspec.Struct, frozen=True):
    """A permission answer with its reason, shown as it is to the person who asked."""

    allowed: bool
    reason: str
    params: dict[str, str] = {}

    def require(self) -> None:
        """NotAllowed with the reason, unless allowed."""
        if not self.allowed:
            told: dict[str, Any] = dict(self.params)
            raise NotAllowed(self.reason, **told)


def allowed(reason: str, **params: str) -> Answer:
    return Answer(True, reason, params)


def refused(reason: str, **params: str) -> Answer:
    return Answer(False, reason, params)
