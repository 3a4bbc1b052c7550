"""Looks at real sources: quick ones, one that never answers, and one that dies."""

import contextlib
import socket
import threading
import time
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import psycopg
import pytest

from zampa.connectors.addresses import AddressPolicy
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import Check
from zampa.contracts.schemas import TableRef
from zampa.flows.probing.looking import moment_of
from zampa.flows.probing.orders import Answer, Order, Reach
from zampa.flows.probing.prober import Prober
from zampa.flows.probing.rounds import Turns, look_at_all

REACH = Reach.of(AddressPolicy(allow_loopback=True))
DAY = date(2026, 11, 24)


@pytest.fixture
def hole():
    """A server that takes connections and never says a word."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    server.settimeout(0.05)
    held: list[socket.socket] = []
    over = threading.Event()

    def take() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                held.append(server.accept()[0])

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    over.set()
    thread.join(1)
    server.close()
    for one in held:
        one.close()


def database(url: str) -> Endpoint:
    parts = urlsplit(url)
    return Endpoint(
        engine="postgresql", host=parts.hostname or "", port=parts.port or 0, database=parts.path.lstrip("/"),
        user=parts.username or "", secret=parts.password or "",
    )  # fmt: skip


def order(key: str, endpoint: Endpoint, table: str = "looked_at", **more: object) -> Order:
    return Order(
        key=key, endpoint=endpoint, reach=REACH, table=TableRef(name=table, schema="public"), today=DAY, **more
    )


@pytest.fixture
def table(provider_database):
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS looked_at")
        connection.execute("CREATE TABLE looked_at (id int PRIMARY KEY, name text, loaded timestamptz)")
        connection.execute(
            "INSERT INTO looked_at SELECT n, nullif('x', 'x'), '2026-11-20 08:00+08' FROM generate_series(1, 250) n"
        )
    return database(provider_database)


def test_a_look_tells_columns_rows_newest_and_what_fails(table):
    check = Check(code="not_null", field="name", kind="not_null")
    with_prober = Prober()
    try:
        answer = with_prober.ask(order("a", table, time_column="loaded", checks=(check,)))
    finally:
        with_prober.close()
    assert (answer.problem, answer.rows, answer.sampled, answer.over) == ("", 250, 100, True)
    assert [field.name for field in answer.fields] == ["id", "name", "loaded"]
    assert answer.failed == {"name not_null": 100}
    assert datetime.fromisoformat(answer.newest) == datetime(2026, 11, 20, tzinfo=UTC)


def test_one_that_hangs_delays_no_other(table, hole):
    silent = Endpoint(engine="postgresql", host="127.0.0.1", port=hole, database="x", user="x", secret="x")
    orders = [order(f"hang{n}", silent) for n in range(12)] + [order(f"quick{n}", table) for n in range(40)]
    begun, quick_done, found = time.monotonic(), 0.0, {}
    for answer in look_at_all(orders, probers=4, per_host=2, seconds=3.2):
        found[answer.key] = answer
        if answer.key.startswith("quick"):
            assert answer.problem == ""
            quick_done = time.monotonic() - begun
    whole = time.monotonic() - begun
    assert len(found) == 52
    hung = [found[f"hang{n}"] for n in range(12)]
    assert {one.problem for one in hung} == {"flows.probe.too_slow", "flows.probe.host_silent"}
    assert 3 <= sum(one.problem == "flows.probe.too_slow" for one in hung) <= 4
    assert quick_done < whole < 20  # twelve one after the other would wait 38 s


def test_a_table_too_large_to_count_is_there_all_the_same(table, provider_database):
    with psycopg.connect(provider_database, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE VIEW slow_to_count AS SELECT n, pg_sleep(CASE WHEN n > 100 THEN 0.05 ELSE 0 END)::text"
            " FROM generate_series(1, 2000) n"
        )
    prober = Prober()
    try:
        prober.ask(order("warm", table))
        answer = prober.ask(order("a", table, "slow_to_count"), seconds=2)
        again = prober.ask(order("b", table))
    finally:
        prober.close()
    assert (answer.problem, answer.rows, answer.sampled) == ("", None, 100)
    assert again.rows == 250  # the next look has a fresh process


def test_hosts_take_turns_and_one_holds_no_more_than_its_share():
    def at(host: str, key: str) -> Order:
        return order(key, Endpoint(engine="postgresql", host=host, port=1))

    turns = Turns([*(at("big", f"b{n}") for n in range(9)), at("small", "s0"), at("small", "s1")], per_host=2)
    taken = [turns.take()[0] for _ in range(4)]
    assert [one.endpoint.host for one in taken] == ["big", "small", "big", "small"]
    waiting: list[str] = []
    thread = threading.Thread(target=lambda: waiting.append(turns.take()[0].key))
    thread.start()
    thread.join(0.1)
    assert waiting == []  # two looks are at the big host already
    turns.given(taken[0], Answer(key="b0"))
    thread.join(2)
    assert waiting == ["b2"]
    for one in (taken[2], at("big", "x"), at("big", "x")):
        turns.given(one, Answer(key="x", problem="connectors.timeout", milliseconds=9_000))
    assert turns.take()[1] is True  # three waits in a row: the rest is not asked in this round


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (date(2026, 11, 20), datetime(2026, 11, 20, 16, tzinfo=UTC)),
        ("2026/11/20", datetime(2026, 11, 20, 16, tzinfo=UTC)),
        ("20261120", datetime(2026, 11, 20, 16, tzinfo=UTC)),
        ("202612", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (202602, datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("2026-11-20 08:30:00", datetime(2026, 11, 20, 0, 30, tzinfo=UTC)),
        ("昨天", None),
        (None, None),
        ("99999999", None),
    ],
)
def test_what_is_taken_for_a_moment(value, moment):
    assert moment_of(value) == moment
