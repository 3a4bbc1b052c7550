"""The same questions put to MariaDB: paging, filters, masks, verify."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from tests.conformance.mariadb import Mariadb, MariadbMissing

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.book import BookService
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Comparison, GrantedField, Mask
from zampa.contracts.schemas import TableRef
from zampa.gateway.tests.standing import BEARER, Gateway, grant, house

TABLE = """
CREATE TABLE persons (
  id varchar(18) CHARACTER SET utf8mb4 PRIMARY KEY, name varchar(40) CHARACTER SET utf8mb4, born date,
  height decimal(5,2), town int, seen datetime(6), note text, alive boolean, raw varbinary(8))
"""
FIELDS = (
    GrantedField(name="id", column="id", key=True, mask=Mask(kind="keep", first=4, last=2)),
    GrantedField(name="name", column="name"), GrantedField(name="born", column="born"),
    GrantedField(name="height", column="height"), GrantedField(name="town", column="town"),
    GrantedField(name="seen", column="seen"), GrantedField(name="raw", column="raw"),
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    try:
        server = Mariadb()
        server.start()
    except MariadbMissing as missing:
        pytest.skip(str(missing))
    try:
        rows = ", ".join(
            f"('5401{n:014d}', {'NULL' if n % 7 == 0 else repr('人' + str(n % 50))}, '1990-01-01' + INTERVAL {n} DAY,"
            f" {n / 4}, {n % 5}, '2026-01-01 00:00:00' + INTERVAL {n} SECOND, 'private', {n % 2}, x'00ff')"
            for n in range(1, 301)
        )
        server.root("CREATE DATABASE provider", "CREATE USER r IDENTIFIED BY 'pw'", "GRANT SELECT ON provider.* TO r",
                    "USE provider", TABLE, f"INSERT INTO persons VALUES {rows}")
        endpoint = Endpoint(engine="mysql", host="127.0.0.1", port=server.port, database="provider", user="r",
                            secret="pw")
        schema = connector("mysql", AddressPolicy(allow_loopback=True)).schema(endpoint, TableRef(name="persons"))
        service = BookService(id="persons", resource="r", kind="table", sealed="", schema=schema)
        with house(tmp_path_factory.mktemp("gateway")) as (centre, started):
            filtered = Comparison(field="town", op="in", value=["3"])
            centre.issue([
                grant("G-1", "persons", "query", "verify", fields=FIELDS),
                grant("G-2", "persons", "query", "verify", fields=FIELDS, row_filter=filtered),
            ], [(service, endpoint)])
            started.wait("/readyz")
            yield started
    finally:
        server.stop()


def pages(gateway: Gateway, query: str, number: str = "G-1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path = f"/g/{number}/rows?{query}"
    while path:
        status, _, body = gateway.ask(path, bearer=BEARER)
        assert status == 200, body
        told = json.loads(body)
        found += told["rows"]
        path = told["next"]
    return found


def test_values_and_masks(gateway: Gateway) -> None:
    (row,) = pages(gateway, "born=eq.1990-01-03")
    assert row == {"id": "5401************02", "name": "人2", "born": "1990-01-03", "height": "0.50", "town": 2,
                   "seen": "2026-01-01T00:00:02.000000", "raw": "AP8="}


@pytest.mark.parametrize(("query", "expected"), [
    ("town=eq.3", 60), ("town=gt.3", 60), ("town=in.1,2", 120), ("name=null.true", 42), ("name=eq.人1", 6),
    ("height=lte.1.00", 4), ("seen=lt.2026-01-01T00:00:03", 2), ("name=eq.' OR '1'='1", 0), ("name=eq.\\", 0),
    ("name=starts.%", 0),
])
def test_filters(gateway: Gateway, query: str, expected: int) -> None:
    name, _, value = query.partition("=")
    assert len(pages(gateway, f"{name}={quote(value)}&limit=37&fields=town")) == expected


@pytest.mark.parametrize("query", ["limit=41", "sort=town,-born&limit=37", "sort=name&limit=29", "sort=-name&limit=50"])
def test_pages_give_every_row_once(gateway: Gateway, query: str) -> None:
    found = pages(gateway, query)
    assert len(found) == 300 and len({row["born"] for row in found}) == 300


def test_the_row_filter_and_verify(gateway: Gateway) -> None:
    assert {row["town"] for row in pages(gateway, "limit=100", "G-2")} == {3}

    def verify(number: str, key: str, **values: str) -> Any:
        body = json.dumps({"key": {"id": key}, "values": values}).encode()
        return json.loads(gateway.ask(f"/g/{number}/verify", method="POST", body=body, bearer=BEARER)[2])["result"]

    key = f"5401{3:014d}"
    right = {"name": "人3", "town": "3", "height": "0.75"}
    assert verify("G-1", key, **right) == dict.fromkeys(right, "match")
    assert verify("G-1", key, name="人4", born="1990-01-04") == {"name": "no_match", "born": "match"}
    assert verify("G-2", f"5401{2:014d}", name="人2") == {"name": "no_match"}
    assert verify("G-1", "x" * 18, name="人2") == {"name": "no_match"}
