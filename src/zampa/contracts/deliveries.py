"""What a run is told to move: from where, which fields, checked and masked how, to where."""

from __future__ import annotations

from typing import Literal

import msgspec

from zampa.contracts.flowspecs import Check, Filter, GrantedField
from zampa.contracts.quality import Rule
from zampa.contracts.schemas import TableRef

Engine = Literal["postgresql", "mysql", "csv", "xlsx", "parquet", "http"]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as connectors take it. `secret` is in clear only inside the process that connects.

    For databases: host, port, database, user, secret. For files: `folder` (a path under an allowed root)
    and the TableRef names the file. For http: `url` and optional headers in `options`.
    """

    engine: Engine
    host: str = ""
    port: int = 0
    database: str = ""
    user: str = ""
    secret: str = ""
    folder: str = ""
    url: str = ""
    options: dict[str, str] = {}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The mark a delivered file carries beside its cells: who asked, under which grant, when."""

    requester: str
    grant: str
    delivery: str
    issued: str


def mask_key_at_rest(grant: object) -> str:
    """The sealing context of a grant's mask key in the centre's database: copied to another grant it does not open."""
    return f"exchange.grant.mask:{grant}"


class DeliverySpec(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of rows. The connections are named by id; the run resolves them when it starts.

    `rules` look at more than one field of a row (compare, implies, unique with others); names as in `checks`.
    """

    grant: str
    resource: str
    resource_name: str
    provider: str
    requester: str
    source_connection: str
    source_table: TableRef
    fields: tuple[GrantedField, ...]
    checks: tuple[Check, ...] = ()
    rules: tuple[Rule, ...] = ()
    row_filter: Filter | None = None
    mode: Literal["table", "file"] = "table"
    file_format: Literal["", "csv", "xlsx", "parquet"] = ""
    destination_connection: str = ""
    destination_table: TableRef | None = None
    max_bad_rows: int | None = None
    max_bad_share_percent: int | None = None
    mark: Mark | None = None
    sealed_mask_key: str = ""  # the grant's mask key under the master key, in `mask_key_at_rest(grant)`
