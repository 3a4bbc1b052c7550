import os
import signal
import stat

import psycopg
import pytest

from zampa.entrance.machine.postgres import EmbeddedPostgres
from zampa.ground.errors import Unavailable


@pytest.fixture
def server(tmp_path):
    made = EmbeddedPostgres(tmp_path / "pg", durable=False)
    yield made
    made.stop("immediate")


def ask(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def test_starts_again_at_the_same_address_with_what_it_held(server):
    first = server.start()
    with psycopg.connect(first, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    server.stop()
    assert not server.running()
    second = EmbeddedPostgres(server.folder, durable=False)
    assert second.start() == first
    assert ask(first, "SELECT n FROM kept") == 7


def test_comes_back_after_kill_9(server):
    url = server.start()
    os.kill(server._pid(), signal.SIGKILL)
    again = EmbeddedPostgres(server.folder, durable=False)
    assert ask(again.start(), "SELECT 1") == 1
    assert again.url == url


def test_listens_on_loopback_only_and_wants_the_password(server):
    url = server.start()
    assert ask(url, "SHOW listen_addresses") == "127.0.0.1"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(server._password(), "wrong"))
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    assert not (server.folder / "initial-password").exists()


def test_works_in_a_folder_whose_parent_is_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg", durable=False)
    try:
        assert ask(server.start(), "SELECT 1") == 1
    finally:
        server.stop("immediate")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_failed_start_says_what_the_server_said(tmp_path):
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("shared_buffers = 'plenty'\n")
    with pytest.raises(Unavailable) as failure:
        server.start()
    assert failure.value.code == "machine.postgres.failed" and failure.value.params["program"] == "pg_ctl"
