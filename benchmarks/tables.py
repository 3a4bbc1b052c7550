"""`table_judged`: ten quality rules and a uniqueness rule on a whole table, read through its connector.
`table_full`: a whole table from one PostgreSQL to another, with one check and one mask, digests compared.

The peer moves the same rows with neither: `psql COPY | psql COPY`, the fastest way PostgreSQL itself offers. Both go
to a fresh table; both databases live in one durable server, so both pay for the same log and the same disk.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import DeliverySpec, Endpoint
from zampa.contracts.flowspecs import Check, GrantedField, Mask
from zampa.contracts.quality import Between, MaxLength, NotNull, OneOf, Pattern, Resident, Rule, Unique
from zampa.contracts.schemas import TableRef
from zampa.entrance.machine.postgres import BINARIES, EmbeddedPostgres
from zampa.flows.judging import Table, judge
from zampa.flows.pipeline import move

ROWS = 1_000_000
REPEATS = 3
AIM = "ratio >= 0.4"
COLUMNS = (
    "id bigint", "id_number varchar(18)", "name varchar(40)", "sex varchar(1)", "birth date", "region varchar(12)",
    "address varchar(200)", "phone varchar(20)", "income numeric(12,2)", "updated timestamp",
)
NAMES = tuple(column.split()[0] for column in COLUMNS)
PEOPLE = """
INSERT INTO person
SELECT i, body || substr('10X98765432', (SELECT sum(substr(body, k, 1)::int *
           (ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])[k]) FROM generate_series(1, 17) k)::int % 11 + 1, 1),
       '扎西' || i % 977, (i % 2 + 1)::text, day, '540102001001', '拉萨市城关区北京中路' || i % 5000 || '号',
       '1389' || lpad((i % 10000000)::text, 7, '0'), (i % 100000) / 7.0,
       timestamp '2026-01-01' + i * interval '1 second'
FROM (SELECT i, day, '540102' || to_char(day, 'YYYYMMDD') || lpad((i % 1000)::text, 3, '0') AS body
      FROM (SELECT i, date '1950-01-01' + i % 25000 AS day FROM generate_series(1, %(rows)s) i) days) bodies
"""
Line = dict[str, object]


def table_full() -> list[Line]:
    """Rows per second of a checked, masked and compared delivery beside the bare pipe; medians of three."""
    rows = max(1000, int(ROWS * float(os.environ.get("SCALE", "1"))))
    with tempfile.TemporaryDirectory(prefix="zampa-bench-tables-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        address = server.start()
        try:
            source, destination = _databases(address, rows)
            peer, ours = [], []
            for _ in range(REPEATS):
                peer.append(rows / _seconds(lambda: _pipe(source, destination)))
                ours.append(rows / _seconds(lambda: _deliver(source, destination, rows)))
        finally:
            server.stop("immediate")
    value, peer_value = statistics.median(ours), statistics.median(peer)
    return [
        {
            "name": "table_full",
            "value": round(value),
            "unit": "rows/s",
            "peer": "psql COPY | psql COPY" if _psql() else "COPY to COPY through psycopg",
            "peer_value": round(peer_value),
            "ratio": round(value / peer_value, 3),
            "aim": AIM,
            "note": f"{rows:,} rows of {len(NAMES)} columns, identity number checked, name masked, digests compared",
        }
    ]



RULES = (
    Rule(code="name", field="name", test=NotNull()), Rule(code="number", field="id_number", test=Resident()),
    Rule(code="filled", field="id_number", test=NotNull()), Rule(code="sex", field="sex", test=OneOf(("1", "2"))),
    Rule(code="birth", field="birth", test=Between("1900-01-01", "2026-01-01")),
    Rule(code="region", field="region", test=Pattern(r"54\d{10}")),
    Rule(code="address", field="address", test=MaxLength(200)),
    Rule(code="phone", field="phone", test=Pattern(r"1[3-9]\d{9}")),
    Rule(code="income", field="income", test=Between("0")), Rule(code="long", field="name", test=MaxLength(40)),
)


def table_judged() -> list[Line]:
    """Rows per second of ten row rules alone, and with a uniqueness rule; medians of three."""
    rows = max(1000, int(ROWS * float(os.environ.get("SCALE", "1"))))
    with tempfile.TemporaryDirectory(prefix="zampa-bench-tables-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            source = _endpoint(_databases(server.start(), rows)[0])
            reader = connector("postgresql", AddressPolicy(allow_loopback=True))
            table = Table(reader, source, TableRef(name="person", schema="public"), {name: name for name in NAMES})
            sets = {"": RULES, "_unique": (*RULES, Rule(code="unique", field="id", test=Unique()))}
            return [
                {
                    "name": f"table_judged{name}", "unit": "rows/s",
                    "value": round(statistics.median(rows / judge(table, rules).seconds for _ in range(REPEATS))),
                    "note": f"{rows:,} rows, {len(rules)} quality rules, read through the connector, one thread",
                }
                for name, rules in sets.items()
            ]
        finally:
            server.stop("immediate")


def _databases(address: str, rows: int) -> tuple[str, str]:
    base = address.rsplit("/", 1)[0]
    source, destination = f"{base}/provider", f"{base}/requester"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE provider")
        connection.execute("CREATE DATABASE requester")
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE person ({', '.join(COLUMNS)}, PRIMARY KEY (id))")
        connection.execute(PEOPLE.replace("% ", "%% "), {"rows": rows})
        connection.execute("VACUUM ANALYZE person")
    with psycopg.connect(destination, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA landing")
    return source, destination


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _psql() -> bool:
    return (BINARIES / "psql").exists()


def _pipe(source: str, destination: str) -> None:
    """The peer: a new table, and the bare text of COPY into it."""
    with psycopg.connect(destination, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS piped")
        connection.execute(f"CREATE TABLE piped ({', '.join(COLUMNS)})")
    if not _psql():
        _relay(source, destination)
        return
    program = str(BINARIES / "psql")
    quiet = [program, "-qX", "-v", "ON_ERROR_STOP=1"]
    with subprocess.Popen([*quiet, source, "-c", "COPY person TO STDOUT"], stdout=subprocess.PIPE) as reading:
        subprocess.run([*quiet, destination, "-c", "COPY piped FROM STDIN"], stdin=reading.stdout, check=True)
    if reading.returncode != 0:
        raise RuntimeError("psql could not read the table")


def _relay(source: str, destination: str) -> None:
    with (
        psycopg.connect(source) as there,
        psycopg.connect(destination) as here,
        there.cursor().copy("COPY person TO STDOUT") as reading,
        here.cursor().copy("COPY piped FROM STDIN") as into,
    ):
        for block in reading:
            into.write(block)


def _deliver(source: str, destination: str, rows: int) -> None:
    """Ours: the whole movement, from the look at the source to the swap."""
    fields = tuple(
        GrantedField(name=name, column=name, mask=Mask(kind="keep", first=1) if name == "name" else Mask())
        for name in NAMES
    )
    spec = DeliverySpec(
        grant="bench", resource="bench", resource_name="bench", provider="p", requester="q", fields=fields,
        source_connection="s", source_table=TableRef(schema="public", name="person"),
        checks=(Check(code="id_number", field="id_number", kind="id_number"),),
        destination_connection="d", destination_table=TableRef(schema="landing", name="person"),
    )
    result = move(spec, _endpoint(source), _endpoint(destination), policy=AddressPolicy(allow_loopback=True))
    if result.rows_written != rows or result.digest_sent != result.digest_stored:
        raise RuntimeError(f"{result.rows_written} of {rows} rows arrived")


def _endpoint(address: str) -> Endpoint:
    parts = urlsplit(address)
    return Endpoint(
        engine="postgresql", host=parts.hostname or "", port=parts.port or 0, database=parts.path[1:],
        user=parts.username or "", secret=parts.password or "",
    )
