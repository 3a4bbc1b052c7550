"""Policy profiles as data: how many working days each clock gets, by which article (design promise 4).

A profile is one JSON file checked against the types below; unknown keys are refused, so a misspelt one is not
silently without effect. Days are working days; 0 means the same day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Annotated

import msgspec

from zampa.ground.digests import canonical
from zampa.ground.errors import Fault, NotValid

DEFAULT = "2025-809"
Days = Annotated[int, msgspec.Meta(ge=0, le=250)]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z_]*$", max_length=40)]


class ClockRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`extension` are the most working days that may be added, once, with the authority's consent."""

    name: Name
    days: Days
    extension: Days = 0
    basis: str = ""
    missing_papers_pause: bool = False


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    years: Annotated[int, msgspec.Meta(ge=1, le=100)]
    basis: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Annotated[int, msgspec.Meta(ge=1, le=1)]
    code: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z-]+$", max_length=40)]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    in_force: date
    clocks: tuple[ClockRule, ...]
    retention: tuple[Retention, ...] = ()

    def clock(self, name: str) -> ClockRule:
        """NotValid when the profile sets no such clock."""
        for rule in self.clocks:
            if rule.name == name:
                return rule
        raise NotValid("approvals.profile.no_such_clock", profile=self.code, name=name)


def read(data: bytes | str) -> Profile:
    """A profile from its file's text; NotValid says which key is wrong."""
    try:
        profile = msgspec.json.decode(data, type=Profile)
    except msgspec.MsgspecError as error:
        raise NotValid("approvals.profile.bad_file", reason=str(error)) from None
    twice = _twice(rule.name for rule in profile.clocks)
    if twice:
        faults = [Fault(name, "approvals.profile.clock_twice", {"name": name}) for name in sorted(twice)]
        raise NotValid("approvals.profile.bad_file", faults=faults, reason="clocks")
    return profile


def _twice(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def plain(profile: Profile) -> dict[str, object]:
    """The profile as JSON values, as the database keeps it."""
    built: dict[str, object] = msgspec.to_builtins(profile)
    return built


def digest(profile: Profile) -> str:
    return hashlib.sha256(canonical(plain(profile))).hexdigest()


def stored(data: object) -> Profile:
    return msgspec.convert(data, Profile)


def packaged() -> list[Profile]:
    """The profiles this package carries, by code."""
    folder = files("zampa.approvals").joinpath("profiles")
    return [
        read(path.read_bytes()) for path in sorted(folder.iterdir(), key=lambda p: p.name) if path.name[-5:] == ".json"
    ]


def text(profile: Profile) -> bytes:
    """The profile as a file's bytes; `read` is the inverse."""
    return msgspec.json.encode(profile)
