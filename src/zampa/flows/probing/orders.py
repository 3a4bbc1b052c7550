"""What a look is told and what it says: plain values, so that they go through a pipe."""

from __future__ import annotations

import ipaddress
from datetime import date
from pathlib import Path
from typing import Self

import msgspec

from zampa.connectors.addresses import AddressPolicy
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import DataType, Field, TableRef

SAMPLE = 100
SECONDS = 20.0


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """An AddressPolicy as plain values."""

    networks: tuple[str, ...] = ()
    loopback: bool = False
    own: tuple[tuple[str, int], ...] = ()
    folders: tuple[str, ...] = ()

    @classmethod
    def of(cls, policy: AddressPolicy) -> Self:
        return cls(
            networks=tuple(str(one) for one in policy.networks),
            loopback=policy.allow_loopback,
            own=tuple(sorted(policy.own)),
            folders=tuple(str(one) for one in policy.folders),
        )

    def policy(self) -> AddressPolicy:
        return AddressPolicy(
            networks=tuple(ipaddress.ip_network(one) for one in self.networks),
            allow_loopback=self.loopback,
            own=frozenset(self.own),
            folders=tuple(Path(one) for one in self.folders),
        )


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One look. `whole`: a service passed through as it is, so there are no columns to see.

    `types`: what the catalogue says of a column, by which the checks read its sampled values. `time_column`: the one
    whose largest value tells how new the data is; empty = the file's own time, or not known.
    """

    key: str
    endpoint: Endpoint
    reach: Reach
    table: TableRef
    whole: bool = False
    types: dict[str, DataType] = {}
    checks: tuple[Check, ...] = ()
    time_column: str = ""
    sample: int = SAMPLE
    today: date

    @property
    def host(self) -> str:
        """What shares a fate: one server, or one folder."""
        one = self.endpoint
        if one.host:
            return f"{one.host}:{one.port}"
        return one.url.split("//", 1)[-1].split("/", 1)[0] if one.url else one.folder


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one look found, as far as it came. `sampled` None: it did not come to the rows; `rows` None: not counted
    in time, which is no fault. `newest`: ISO 8601 of the newest row, empty = not known. `failed`: "column code" ->
    sampled rows that fail the check; no value of a row is in it.
    """

    key: str
    problem: str = ""
    params: dict[str, str] = {}
    typed: bool = True
    fields: tuple[Field, ...] = ()
    sampled: int | None = None
    failed: dict[str, int] = {}
    newest: str = ""
    rows: int | None = None
    milliseconds: int = 0
    over: bool = True
