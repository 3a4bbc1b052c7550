"""A picture of a real table: right in its figures, and silent on persons."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import TableRef
from zampa.flows.judging import Table
from zampa.flows.profiling import Picture, picture

ROWS = 9000


@pytest.fixture
def drawn(provider_database: str) -> Iterator[Picture]:
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE IF EXISTS pictured")
        there.execute(
            "CREATE TABLE pictured AS SELECT n AS id, '54010219800101' || lpad(n::text, 4, '0') AS number, "
            "CASE WHEN n = 1 THEN '孤品' WHEN n %% 3 = 0 THEN NULL ELSE 'AB-' || n %% 2 END AS kind, "
            "(n %% 100) / 4.0::numeric(8,2) AS amount, date '2020-01-01' + n %% 365 AS day, "
            "'扎西' || n AS name FROM generate_series(1, %s) n",
            [ROWS],
        )
    parts = urlsplit(provider_database)
    endpoint = Endpoint(
        engine="postgresql", host=parts.hostname or "", port=parts.port or 0, database=parts.path[1:],
        user=parts.username or "", secret=parts.password or "",
    )
    table = Table(connector("postgresql", AddressPolicy(allow_loopback=True)), endpoint,
                  TableRef(name="pictured", schema="public"), {})
    yield picture(table, personal=["name"], suspect=lambda field, values: "id" if field.name == "number" else "")
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE pictured")


def test_figures_are_right_and_persons_unseen(drawn: Picture) -> None:
    found = {one.name: one for one in drawn.columns}
    assert drawn.rows == ROWS
    assert (found["kind"].nulls, found["kind"].distinct, found["kind"].exact) == (3000, 3, True)
    assert {one.label: one.rows for one in found["kind"].frequent} == {"AB-0": 3000, "AB-1": 2999}  # not the rare one
    assert [(one.label, one.rows) for one in found["kind"].shapes] == [("AA-9", 5999)]
    assert (found["day"].low, found["day"].high, found["day"].distinct) == ("2020-01-01", "2020-12-30", 365)
    assert sum(one.rows for one in found["day"].bins) == found["day"].sampled == ROWS
    assert abs(found["id"].distinct - ROWS) < ROWS * 0.08 and not found["id"].exact
    assert {name for name, one in found.items() if one.key} == {"id", "number", "name"}
    for name in ("number", "name"):
        hidden = found[name]
        assert hidden.hidden and not (hidden.frequent or hidden.bins or hidden.low or hidden.high)
    assert found["number"].suspected == "id" and found["number"].shapes[0].label == "9" * 18
    text = msgspec.json.encode(drawn).decode()
    assert "54010219800101" not in text and "扎西" not in text and "孤品" not in text
