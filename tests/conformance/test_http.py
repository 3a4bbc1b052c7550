"""A JSON service as a provider: exact numbers, declared paths, pages, and a client that goes nowhere else."""

from __future__ import annotations

import contextlib
import http.server
import ipaddress
import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest

from tests.conformance.conftest import POLICY
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Comparison
from zampa.contracts.schemas import TableRef, TableSchema
from zampa.ground.errors import NotAllowed, NotFound, NotValid, Unavailable, ZampaError

SECRET = "geheim-123"
STATIONS = [
    {
        "站号": number,
        "站名": ["拉萨", "那曲", "བཀྲ"][number % 3],
        "海拔": number + 0.5,
        "开": number % 2 == 0,
        "注": None if number else {"a": [1.10, "二"]},
    }
    for number in range(7)
]
BIG = '[{"n": 12345678901234567890123, "m": 9223372036854775807, "d": 0.10, "s": "x"}, {"n": null, "s": "y"}]'


class Service(http.server.BaseHTTPRequestHandler):
    """What a provider's service answers; a path per case."""

    answers: ClassVar[dict[str, tuple[int, str]]] = {
        "/api/stations": (200, json.dumps(STATIONS)),
        "/api/inside": (200, json.dumps({"code": 0, "data": {"list": STATIONS}})),
        "/api/big": (200, BIG),
        "/api/empty": (200, "[]"),
        "/api/broken": (200, '[{"a": 1}'),
        "/api/words": (200, '["a", "b"]'),
        "/api/failed": (500, ""),
        "/api/busy": (503, ""),
        "/api/moved": (302, ""),
    }

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/api/locked" and self.headers.get("Authorization") != f"Bearer {SECRET}":
            return self._say(401, "")
        if parts.path == "/api/paged":
            query = parse_qs(parts.query)
            start = (int(query["page"][0]) - 1) * int(query["size"][0])
            return self._say(200, json.dumps(STATIONS[start : start + int(query["size"][0])]))
        if parts.path == "/api/changing":
            page = int(parse_qs(parts.query)["page"][0])
            return self._say(200, json.dumps([[{"a": 1}], [{"a": 2, "b": 3}]][page - 1] if page < 3 else []))
        if parts.path == "/api/huge":
            return self._say(200, "[" + ('{"a":"' + "x" * (1 << 20) + '"},') * 70 + '{"a":""}]')
        if parts.path == "/api/cut":
            return self._say(200, json.dumps(STATIONS), missing=40)
        locked = (200, json.dumps(STATIONS)) if parts.path == "/api/locked" else (404, "")
        return self._say(*self.answers.get(parts.path, locked))

    def _say(self, status: int, body: str, missing: int = 0) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/api/stations")
        self.send_header("Content-Length", str(len(body.encode()) + missing))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client leaves when it has enough
            self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


def at(service: str, secret: str = "", **options: str) -> Endpoint:
    return Endpoint(engine="http", url=service, secret=secret, options=options)


def read(endpoint: Endpoint, path: str) -> pa.Table:
    return pa.Table.from_batches(connector("http", POLICY).read(endpoint, TableRef(name=path)))


def test_objects_are_rows(service: str) -> None:
    table = read(at(service), "stations")
    assert table.column("站号").to_pylist() == list(range(7))
    assert table.column("海拔").to_pylist()[:2] == ["0.5", "1.5"]
    assert table.column("注").to_pylist()[:2] == ['{"a": [1.1, "\\u4e8c"]}', None]
    schema = connector("http", POLICY).schema(at(service), TableRef(name="stations"))
    assert [field.type for field in schema.fields] == ["integer", "text", "decimal", "boolean", "json"]
    assert read(at(service, items="data.list"), "inside").equals(table)


def test_numbers_keep_every_digit(service: str) -> None:
    rows = read(at(service), "big").to_pylist()
    assert (Decimal(rows[0]["n"]), rows[0]["m"], rows[0]["d"]) == (12345678901234567890123, 2**63 - 1, "0.10")
    assert rows[1] == {"n": None, "m": None, "d": None, "s": "y"}


def test_filter_columns_count_and_sample(service: str) -> None:
    made, endpoint, table = connector("http", POLICY), at(service, tables="stations, big"), TableRef(name="stations")
    only = Comparison(field="站名", op="=", value="拉萨")
    batches = list(made.read(endpoint, table, ["站号"], only))
    assert [value for batch in batches for value in batch.column(0).to_pylist()] == [0, 3, 6]
    assert (made.count(endpoint, table), made.count(endpoint, table, only)) == (7, 3)
    assert made.sample(endpoint, table, 2).num_rows == 2
    assert [ref.name for ref in made.tables(endpoint)] == ["stations", "big"]
    assert made.check(endpoint).tables == 2
    with pytest.raises(NotValid) as failure:
        list(made.read(endpoint, table, ["电话"]))
    assert failure.value.code == "connectors.missing_column"


def test_pages_are_read_to_the_end(service: str) -> None:
    endpoint = at(service, page_param="page", size_param="size", page_size="3")
    assert read(endpoint, "paged").column("站号").to_pylist() == list(range(7))


def test_a_later_page_of_another_shape_is_an_error(service: str) -> None:
    with pytest.raises(NotValid) as failure:
        read(at(service, page_param="page"), "changing")
    assert (failure.value.code, failure.value.params["column"]) == ("connectors.changed_shape", "b")


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("missing", NotFound, "no_such_table"),
        ("failed", Unavailable, "broken_off"),
        ("busy", Unavailable, "busy_server"),
        ("moved", NotValid, "redirected"),
        ("broken", NotValid, "bad_file"),
        ("words", NotValid, "bad_file"),
        ("empty", NotValid, "header"),
        ("locked", NotAllowed, "bad_password"),
        ("huge", NotValid, "too_large"),
        ("../admin", NotValid, "name_not_allowed"),
        ("a//b", NotValid, "name_not_allowed"),
        ("a?b=c", NotValid, "name_not_allowed"),
        ("cut", Unavailable, "broken_off"),
        ("%2e%2e/x", NotValid, "name_not_allowed"),
    ],
)
def test_each_failure_is_one_error(service: str, path: str, kind: type[ZampaError], code: str) -> None:
    with pytest.raises(kind) as failure:
        connector("http", POLICY).schema(at(service), TableRef(name=path))
    assert failure.value.code == f"connectors.{code}"


def test_the_secret_is_sent_and_never_told(service: str) -> None:
    assert read(at(service, SECRET), "locked").num_rows == 7
    for secret in ("wrong-" + SECRET, SECRET + "\r\nX: y"):
        with pytest.raises(ZampaError) as failure:
            read(at(service, secret), "locked")
        assert SECRET not in repr(failure.value) + str(failure.value) + repr(failure.value.__cause__)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "http://[::1]/", "http://0.0.0.0/", "http://10.0.0.1/"],
)
def test_addresses_outside_the_list(url: str) -> None:
    guarded = connector("http", AddressPolicy(networks=(ipaddress.ip_network("192.0.2.0/24"),)))
    with pytest.raises(NotAllowed) as failure:
        guarded.check(Endpoint(engine="http", url=url))
    assert failure.value.code == "connectors.address_not_allowed"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://h/x", "http://user:pass@127.0.0.1/", "", "http://h:99999/"]
)
def test_addresses_of_another_kind(url: str) -> None:
    with pytest.raises(NotValid):
        connector("http", POLICY).check(Endpoint(engine="http", url=url))


def test_nothing_can_be_written(service: str) -> None:
    made = connector("http", POLICY)
    assert not made.capabilities.writes
    with pytest.raises(NotValid) as failure:
        made.open_writer(at(service), TableSchema(table=TableRef(name="x"), fields=()))
    assert failure.value.code == "connectors.not_written"
