"""The gateway without its centre: PostgreSQL killed under load, then the centre, and no granted call stops."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg

from zampa.entrance.machine.postgres import EmbeddedPostgres
from zampa.gateway.tests.standing import BEARER, Serving, grant, house
from zampa.gateway.tests.test_durability import Load, check_segments, provider, service


def test_a_dead_centre_and_its_dead_database_stop_no_call(tmp_path: Path) -> None:
    """The centre's PostgreSQL is killed under load, then the centre itself; granted calls go on, and the trail
    reaches the centre when it is back."""
    database = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    address = database.start()
    serving = Serving(provider)
    try:
        with house(tmp_path / "g") as (centre, gateway):
            centre.needs = lambda: psycopg.connect(address, connect_timeout=2).close()
            centre.issue([grant("G-1", "s1", "pass")], service(serving))
            gateway.wait("/readyz")
            load = Load(gateway)
            time.sleep(0.5)
            database.stop("immediate")
            before = len(load.answered)
            time.sleep(1.0)
            centre.stop()
            time.sleep(1.5)
            assert len(load.answered) > before + 50
            load.stop()
            assert set(load.statuses) == {200} and not load.broken
            gateway.stop()
            gateway.start()
            assert gateway.ask("/g/G-1/pass", bearer=BEARER)[0] == 200
            centre.needs = lambda: None
            centre.again()
            end = time.monotonic() + 15
            while len(centre.records) < len(load.answered) + 1 and time.monotonic() < end:
                time.sleep(0.1)
            told = {record["opened"]["call"] for record in centre.records}
            assert set(load.answered) <= told
            check_segments(centre)
    finally:
        serving.stop()
        database.stop("immediate")
