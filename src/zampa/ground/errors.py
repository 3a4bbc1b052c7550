"""The five errors. The type says what to do next; only `Unavailable` is ever retried.

An error carries a spelled code and parameters, never a sentence: text is made at the edge, in the
reader's language. Parameters hold names, limits and positions, never values of personal items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place: a form field, a cell ("B7"), a row number or a column name."""

    where: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class ZampaError(Exception):
    """Base of the five; never raised itself."""

    status = 500

    def __init__(self, code: str, /, *, faults: Sequence[Fault] = (), **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, object] = params
        self.faults = tuple(faults)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}({shown})" if shown else self.code


class NotAllowed(ZampaError):
    """The actor may not do this; the code says by which rule."""

    status = 403


class NotFound(ZampaError):
    """No such thing, or not for this actor: the two are never told apart."""

    status = 404


class NotValid(ZampaError):
    """The input breaks a rule; `faults` names every place at once."""

    status = 422


class Conflict(ZampaError):
    """The thing is in another state than the act needs, or somebody was faster."""

    status = 409


class Unavailable(ZampaError):
    """A database, network or peer does not answer now; the same call may work later."""

    status = 503
