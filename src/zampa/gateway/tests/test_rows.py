"""The query API and the verify call over a real PostgreSQL table, through a running gateway."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.book import BookService
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Comparison, GrantedField, Mask
from zampa.contracts.schemas import TableRef
from zampa.gateway.tests.standing import BEARER, Centre, Gateway, grant, house

TABLE = """
CREATE TABLE persons (
  id varchar(18) PRIMARY KEY, name text, born date, height numeric(5,2), town integer, seen timestamptz,
  note text, alive boolean, raw bytea, extra jsonb);
INSERT INTO persons SELECT
  '5401' || lpad(n::text, 14, '0'), CASE WHEN n % 7 = 0 THEN NULL ELSE '人' || (n % 50) END,
  date '1990-01-01' + n, n / 4.0, n % 5, timestamptz '2026-01-01 00:00Z' + n * interval '1 minute',
  'private', n % 2 = 0, '\\x00ff', '{"a": 1}' FROM generate_series(1, 500) AS n;
CREATE TABLE visits (town integer, place text);
INSERT INTO visits SELECT n % 3, CASE WHEN n % 4 = 0 THEN NULL ELSE 'p' || (n % 2) END FROM generate_series(1, 60) AS n;
"""
FIELDS = (
    GrantedField(name="身份证号", column="id", key=True, mask=Mask(kind="keep", first=4, last=2)),
    GrantedField(name="name", column="name"), GrantedField(name="born", column="born", type="date"),
    GrantedField(name="height", column="height"), GrantedField(name="town", column="town"),
    GrantedField(name="seen", column="seen"), GrantedField(name="alive", column="alive"),
    GrantedField(name="extra", column="extra"), GrantedField(name="raw", column="raw"),
    GrantedField(name="year", column="born", mask=Mask(kind="date", to="year")),
)
KEY = FIELDS[0].name


@pytest.fixture(scope="module")
def standing(
    tmp_path_factory: pytest.TempPathFactory, provider_database: str
) -> Iterator[tuple[Centre, Gateway]]:
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS persons, visits")
        connection.execute(TABLE)
    parts = urlsplit(provider_database)
    endpoint = Endpoint(
        engine="postgresql", host=parts.hostname or "", port=parts.port or 5432, database=parts.path[1:],
        user=parts.username or "", secret=parts.password or "",
    )
    engine = connector("postgresql", AddressPolicy(allow_loopback=True))
    services = [
        (BookService(id=name, resource="r", kind="table", sealed="",
                     schema=engine.schema(endpoint, TableRef(name=name, schema="public"))), endpoint)
        for name in ("persons", "visits")
    ]
    filtered = Comparison(field="town", op="=", value="3")
    visits = (GrantedField(name="town", column="town"), GrantedField(name="place", column="place"))
    matched = (FIELDS[0], GrantedField(name="name", column="name", mask=Mask(kind="drop")), FIELDS[2])
    with house(tmp_path_factory.mktemp("gateway")) as (centre, gateway):
        centre.issue([
            grant("G-1", "persons", "query", fields=FIELDS),
            grant("G-2", "persons", "query", "verify", fields=FIELDS, row_filter=filtered),
            grant("G-3", "persons", "verify", fields=matched), grant("G-4", "visits", "query", fields=visits),
            grant("G-5", "persons", "verify", fields=matched),
        ], services)
        gateway.wait("/readyz")
        yield centre, gateway


@pytest.fixture
def gateway(standing: tuple[Centre, Gateway]) -> Gateway:
    return standing[1]


def rows(gateway: Gateway, query: str, number: str = "G-1") -> list[dict[str, Any]]:
    status, _, body = gateway.ask(f"/g/{number}/rows?{query}", bearer=BEARER)
    assert status == 200, body
    found: list[dict[str, Any]] = json.loads(body)["rows"]
    return found


def pages(gateway: Gateway, query: str, number: str) -> list[dict[str, Any]]:
    """Every page, following `next`."""
    found, path, seen = [], f"/g/{number}/rows?{query}", 0
    while path:
        body = json.loads(gateway.ask(path, bearer=BEARER)[2])
        found += body["rows"]
        path, seen = body["next"], seen + 1
        assert seen < 300
    return found


def test_values_come_in_their_types_and_masked(gateway: Gateway) -> None:
    (row,) = rows(gateway, "born=eq.1990-01-03")
    assert row == {
        KEY: "5401************02", "name": "人2", "born": "1990-01-03", "height": "0.50", "town": 2,
        "seen": "2026-01-01T00:02:00+00:00", "alive": True, "extra": {"a": 1}, "raw": "AP8=", "year": "1990-01-01",
    }
    assert "note" not in row


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("town=eq.3", 100), ("town=gt.3", 100), ("town=in.1,2", 200), ("name=null.true", 71), ("name=eq.人1", 9),
        ("name=starts.人1", 95), ("height=lte.1.00", 4), ("alive=eq.true&town=ne.0", 200),
        ("seen=lt.2026-01-01T00:03:00%2B00:00", 2), ('name=in."人1","人2"', 18), ("town=in.", 0),
        ("where.town=eq.3", 100),
    ],
)
def test_filters(gateway: Gateway, query: str, expected: int) -> None:
    spelled = quote(query, safe="=&%.,")
    spelled = spelled.replace("%252B", "%2B")
    assert len(pages(gateway, spelled + "&limit=250&fields=town", "G-1")) == expected


@pytest.mark.parametrize("query", [
    "sort=town,-born&limit=37", "sort=name&limit=41", "sort=-name,town&limit=99", "limit=1000", "sort=-seen&limit=7",
])
def test_pages_give_every_row_once_and_in_order(gateway: Gateway, query: str) -> None:
    found = pages(gateway, query + "&fields=town,born,name,seen", "G-1")
    assert len(found) == 500 and len({row["born"] for row in found}) == 500
    if query.startswith("sort=town"):
        assert [(row["town"], row["born"]) for row in found] == sorted(
            ((row["town"], row["born"]) for row in found), key=lambda one: (one[0], [-ord(c) for c in one[1]])
        )
    if query.startswith("sort=name"):
        assert all(row["name"] is None for row in found[-71:])


@pytest.mark.parametrize("query", ["limit=7", "limit=1", "sort=-place&limit=4"])
def test_a_table_without_a_key_pages_too(gateway: Gateway, query: str) -> None:
    found = pages(gateway, query, "G-4")
    assert len(found) == 60
    spelled = sorted(json.dumps(row) for row in found)
    assert spelled == sorted(json.dumps(row) for row in pages(gateway, "limit=1000", "G-4"))


def test_other_formats(gateway: Gateway) -> None:
    _, headers, body = gateway.ask("/g/G-1/rows?limit=3&fields=name,town&format=csv", bearer=BEARER)
    assert list(csv.reader(io.StringIO(body.decode()))) == [["name", "town"], ["人1", "1"], ["人2", "2"], ["人3", "3"]]
    assert 'rel="next"' in headers["link"]
    _, _, body = gateway.ask("/g/G-1/rows?limit=2&fields=town", bearer=BEARER,
                             headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in body.splitlines()] == [{"town": 1}, {"town": 2}]


def test_the_row_filter_holds_whatever_is_asked(gateway: Gateway) -> None:
    assert {row["town"] for row in pages(gateway, "limit=1000", "G-2")} == {3}
    assert rows(gateway, "town=eq.2", "G-2") == []
    answer = gateway.ask("/g/G-2/verify", method="POST", bearer=BEARER,
                         body=json.dumps({"key": {KEY: "540100000000000002"}, "values": {"name": "人2"}}).encode())
    assert json.loads(answer[2])["result"] == {"name": "no_match"}


@pytest.mark.parametrize(
    ("query", "code", "status"),
    [
        ("note=eq.private", "gateway.field.not_granted", 403), ("nothing=eq.1", "gateway.field.not_granted", 403),
        ("fields=note", "gateway.field.not_granted", 403), ("sort=note", "gateway.field.not_granted", 403),
        ("id=eq.540100000000000002", "gateway.field.not_granted", 403),
        (quote(KEY) + "=eq.540100000000000002", "gateway.field.masked", 403),
        (quote(KEY) + "=starts.5", "gateway.field.masked", 403), ("sort=" + quote(KEY), "gateway.field.masked", 403),
        ("year=eq.1990-01-01", "gateway.field.masked", 403), ("town=eq.abc", "gateway.field.value", 400),
        ("born=gt.1990-13-01", "gateway.field.value", 400), ("town=starts.3", "gateway.field.value", 400),
        ("alive=eq.maybe", "gateway.field.value", 400), ("extra=eq.1", "gateway.field.value", 400),
        ("town=eq", "gateway.request.parameter", 400), ("town=like.3", "gateway.request.parameter", 400),
        ("limit=0", "gateway.request.parameter", 400), ("limit=1001", "gateway.request.parameter", 400),
        ("limit=%D9%A3", "gateway.request.parameter", 400), ("after=zzzz", "gateway.rows.cursor", 400),
        ("format=xml", "gateway.request.parameter", 400), ("limit=1&limit=2", "gateway.request.parameter", 400),
    ],
)
def test_what_is_not_granted_or_not_right(gateway: Gateway, query: str, code: str, status: int) -> None:
    found, _, body = gateway.ask(f"/g/G-1/rows?{query}", bearer=BEARER)
    told = json.loads(body)
    assert (found, told["code"]) == (status, code)
    assert "5401" not in body.decode() and "abc" not in body.decode()


@pytest.mark.parametrize("value", [
    "' OR '1'='1", "x'; DROP TABLE persons; --", "%", "_", "\\", "人1' UNION SELECT note FROM persons --",
    "%s", "{0}", "$1",
])
def test_sql_in_a_value_is_a_value(gateway: Gateway, value: str) -> None:
    assert rows(gateway, f"name=eq.{quote(value)}") == []
    assert rows(gateway, f"name=starts.{quote(value)}") == []
    assert gateway.ask(f"/g/G-1/rows?sort={quote(value)}", bearer=BEARER)[0] == 403
    assert gateway.ask(f"/g/G-1/rows?{quote(value, safe='')}=eq.1", bearer=BEARER)[0] in (400, 403)
    assert len(pages(gateway, "limit=1000", "G-1")) == 500


def test_a_cursor_belongs_to_its_question(gateway: Gateway) -> None:
    path = json.loads(gateway.ask("/g/G-1/rows?town=eq.3&limit=5", bearer=BEARER)[2])["next"]
    cursor = path.partition("after=")[2]
    assert gateway.ask(f"/g/G-1/rows?town=eq.3&limit=9&after={cursor}", bearer=BEARER)[0] == 200
    for other in ("/g/G-1/rows?town=eq.2&", "/g/G-1/rows?town=eq.3&sort=born&", "/g/G-2/rows?town=eq.3&"):
        assert gateway.code(f"{other}after={cursor}", bearer=BEARER) == (400, "gateway.rows.cursor")
    assert "5401" not in cursor


def verify(gateway: Gateway, number: str, key: str, **values: str) -> tuple[int, Any]:
    body = json.dumps({"key": {KEY: key}, "values": values}).encode()
    status, _, answer = gateway.ask(f"/g/{number}/verify", method="POST", body=body, bearer=BEARER)
    told = json.loads(answer)
    return status, told.get("result", told.get("code"))


def test_verify_says_yes_or_no(gateway: Gateway) -> None:
    key = "5401" + "2".zfill(14)
    assert verify(gateway, "G-3", key, name="人2", born="1990-01-03") == (200, {"name": "match", "born": "match"})
    assert verify(gateway, "G-3", key, name="人3", born="1990-01-04")[1] == {"name": "no_match", "born": "no_match"}
    absent = verify(gateway, "G-3", "0" * 18, name="人3", born="1990-01-04")
    assert absent == (200, {"name": "no_match", "born": "no_match"})
    assert verify(gateway, "G-3", "5401" + "7".zfill(14), name="人7")[1] == {"name": "not_judged"}
    assert verify(gateway, "G-3", key, note="private") == (403, "gateway.field.not_granted")
    assert verify(gateway, "G-3", key) == (400, "gateway.request.parameter")
    assert gateway.code("/g/G-3/verify", method="POST", body=b"[]", bearer=BEARER) == (400, "gateway.request.body")
    assert gateway.code("/g/G-3/verify", bearer=BEARER) == (405, "gateway.request.method")


def test_five_value_sets_a_key_then_no_more_even_after_kill_9(gateway: Gateway) -> None:
    key = "5401" + "9".zfill(14)
    for number in range(5):
        assert verify(gateway, "G-3", key, name=f"名{number}")[0] == 200
    assert verify(gateway, "G-3", key, name="名0")[0] == 200
    assert verify(gateway, "G-3", key, name="名5") == (429, "gateway.verify.too_many_sets")
    gateway.kill()
    gateway.start()
    assert verify(gateway, "G-3", key, name="名5") == (429, "gateway.verify.too_many_sets")
    assert verify(gateway, "G-3", "5401" + "8".zfill(14), name="名5")[0] == 200


def test_a_run_of_misses_is_alarmed_in_the_trail(standing: tuple[Centre, Gateway]) -> None:
    gateway = standing[1]
    for number in range(20):
        assert verify(gateway, "G-5", str(number).zfill(18), name="谁")[0] == 200
    gateway.stop()
    trail = b"".join(path.read_bytes() for path in (gateway.home / "trail").glob("trail-*.log"))
    assert trail.count(b'"alarm":"gateway.verify.miss_run"') == 1
    assert "谁".encode() not in trail and b"5401000" not in trail
    gateway.start()
