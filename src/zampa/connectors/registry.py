"""The one plug-in surface: an engine's name leads to its connector."""

from __future__ import annotations

from collections.abc import Callable

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.csv.codec import CsvCodec
from zampa.connectors.files import FileConnector
from zampa.connectors.http.connector import HttpConnector
from zampa.connectors.mysql.connector import MysqlConnector
from zampa.connectors.parquet.codec import ParquetCodec
from zampa.connectors.postgresql.connector import PostgresqlConnector
from zampa.connectors.protocols import Connector
from zampa.connectors.xlsx.codec import XlsxCodec
from zampa.contracts.deliveries import Engine
from zampa.ground.errors import NotValid

ENGINES: dict[Engine, Callable[[AddressPolicy], Connector]] = {
    "postgresql": PostgresqlConnector,
    "mysql": MysqlConnector,
    "http": HttpConnector,
    "csv": lambda policy: FileConnector(policy, CsvCodec()),
    "xlsx": lambda policy: FileConnector(policy, XlsxCodec()),
    "parquet": lambda policy: FileConnector(policy, ParquetCodec()),
}


def connector(engine: Engine, policy: AddressPolicy | None = None) -> Connector:
    """The connector of `engine`; without a policy, the one of this process's environment (deny by default)."""
    if engine not in ENGINES:
        raise NotValid("connectors.unknown_engine", engine=engine)
    return ENGINES[engine](policy or AddressPolicy.from_environment())
