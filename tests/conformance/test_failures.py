"""A wrong password, a wrong host, a place that is not allowed, a full disk: one clear error each, nothing half-done,
and never the secret in it."""

from __future__ import annotations

import ipaddress
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from tests.conformance.conftest import POLICY, Place
from tests.conformance.rows import people
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import NotAllowed, NotFound, NotValid, Unavailable, ZampaError

SECRET = "s3cret-Пароль"


def refused(place_endpoint: Endpoint, policy: AddressPolicy = POLICY) -> ZampaError:
    with pytest.raises(ZampaError) as failure:
        connector(place_endpoint.engine, policy).check(place_endpoint)
    told = repr(failure.value) + str(failure.value) + repr(failure.value.__cause__) + repr(failure.value.__context__)
    assert place_endpoint.secret not in told or not place_endpoint.secret
    return failure.value


def test_a_wrong_password(database: Place) -> None:
    error = refused(msgspec.structs.replace(database.endpoint, secret=SECRET))
    assert (type(error), error.code) == (NotAllowed, "connectors.bad_password")
    assert error.params["user"] == database.endpoint.user


def test_an_account_that_is_not_there(database: Place) -> None:
    error = refused(msgspec.structs.replace(database.endpoint, user="nobody_here", secret=SECRET))
    assert (type(error), error.code) == (NotAllowed, "connectors.bad_password")


def test_a_database_that_is_not_there(database: Place) -> None:
    error = refused(msgspec.structs.replace(database.endpoint, database="not_there"))
    assert error.code in ("connectors.no_such_database", "connectors.no_right")
    if database.engine == "postgresql":
        assert isinstance(error, NotFound)


def test_a_host_that_does_not_answer(database: Place) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = refused(msgspec.structs.replace(database.endpoint, port=port))
    assert (type(error), error.code) == (Unavailable, "connectors.unreachable")
    assert error.params["port"] == port


def test_a_name_that_does_not_resolve(database: Place) -> None:
    error = refused(msgspec.structs.replace(database.endpoint, host="no-such-host.invalid"))
    assert (type(error), error.code, error.params["why"]) == (Unavailable, "connectors.unreachable", "name")


def test_a_server_of_another_kind(database: Place) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        threading.Thread(target=_answer_nonsense, args=(server,), daemon=True).start()
        error = refused(msgspec.structs.replace(database.endpoint, port=server.getsockname()[1]))
    assert isinstance(error, Unavailable)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "10.1.2.3", "::1", "::ffff:127.0.0.1"])
def test_addresses_outside_the_list(database: Place, host: str) -> None:
    policy = AddressPolicy(networks=(ipaddress.ip_network("192.0.2.0/24"),))
    error = refused(msgspec.structs.replace(database.endpoint, host=host), policy)
    assert (type(error), error.code) == (NotAllowed, "connectors.address_not_allowed")


def test_nothing_is_allowed_by_default(database: Place) -> None:
    assert refused(database.endpoint, AddressPolicy()).code == "connectors.address_not_allowed"


def test_an_account_that_may_not_write(postgresql_place: Place) -> None:
    place = postgresql_place
    place.run("DROP ROLE IF EXISTS reader")
    place.run(f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'")
    place.run("GRANT USAGE ON SCHEMA received TO reader")
    reader = msgspec.structs.replace(place.endpoint, user="reader", secret=SECRET)
    schema, _ = people(place.ref())
    with pytest.raises(NotAllowed) as failure:
        place.connector.open_writer(reader, schema)
    assert failure.value.code == "connectors.no_right"
    place.run("CREATE TABLE received.closed (id int)")
    with pytest.raises(NotAllowed):
        list(place.connector.read(reader, TableRef(schema="received", name="closed")))
    place.run("DROP OWNED BY reader")
    place.run("DROP ROLE reader")


def test_reading_cannot_write(postgresql_place: Place) -> None:
    """A view whose function writes is stopped by the read-only transaction."""
    place = postgresql_place
    place.run("CREATE TABLE received.touched (id int)")
    place.run(
        "CREATE FUNCTION received.touch() RETURNS int LANGUAGE sql AS "
        "'INSERT INTO received.touched VALUES (1) RETURNING id'"
    )
    place.run("CREATE VIEW received.trap AS SELECT received.touch() AS id")
    with pytest.raises(NotAllowed):
        list(place.connector.read(place.endpoint, TableRef(schema="received", name="trap")))
    assert place.run("SELECT count(*) FROM received.touched") == [(0,)]


def test_a_server_that_goes_away_in_the_middle(postgresql_place: Place) -> None:
    place = postgresql_place
    schema, rows = people(place.ref())
    with pytest.raises(Unavailable), place.connector.open_writer(place.endpoint, schema) as writer:
        writer.write(rows)
        place.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'zampa' AND datname = current_database()"
        )
        writer.write(rows)
    assert place.names() == set()


def test_a_full_disk_under_a_table(postgresql_place: Place) -> None:
    """A temp_file_limit-like refusal of the server: SQLSTATE 53100, raised where a full disk raises it."""
    place = postgresql_place
    schema, rows = people(place.ref())
    place.run(
        "CREATE FUNCTION received.full() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
    )
    place.run(
        "CREATE EVENT TRIGGER full_disk ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION received.full()"
    )
    try:
        with pytest.raises(Unavailable) as failure, place.connector.open_writer(place.endpoint, schema) as writer:
            writer.write(rows)
            writer.commit()
    finally:
        place.run("DROP EVENT TRIGGER full_disk")
    assert failure.value.code == "connectors.disk_full"
    assert place.names() == set()


SMALL_DISK = """
import resource, sys
from pathlib import Path
sys.path[:0] = {path!r}
from tests.conformance.rows import people
from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import Unavailable
engine, folder = {engine!r}, {folder!r}
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
schema, rows = people(TableRef(name="big." + engine), 20_000)
try:
    made = connector(engine, AddressPolicy(allow_loopback=True))
    with made.open_writer(Endpoint(engine=engine, folder=folder), schema) as w:
        for _ in range(30):
            w.write(rows)
        w.commit()
except Unavailable as failure:
    print(failure.code, sorted(path.name for path in Path(folder).iterdir()))
"""


def test_a_full_disk_under_a_file(files: Place) -> None:
    """The kernel's own limit on file size, in a process of its own: writes fail as on a full disk."""
    root = Path(__file__).resolve().parents[2]
    code = SMALL_DISK.format(path=[str(root), str(root / "src")], engine=files.engine, folder=files.endpoint.folder)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.stdout.strip() == "connectors.disk_full []", done.stderr[-2000:]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(files: Place) -> None:
    Path(files.endpoint.folder).chmod(0o500)
    schema, _ = people(files.ref())
    with pytest.raises(NotAllowed) as failure:
        files.connector.open_writer(files.endpoint, schema)
    assert failure.value.code == "connectors.no_right"


def test_folders_outside_the_roots(files: Place, tmp_path: Path) -> None:
    inside = tmp_path / "allowed"
    inside.mkdir()
    (inside / "out").symlink_to("/etc")
    guarded = connector(files.engine, AddressPolicy(folders=(inside,)))
    assert guarded.check(Endpoint(engine=files.engine, folder=str(inside))).tables == 0
    for folder in (str(tmp_path), "/etc", str(inside / ".."), str(inside / "out")):
        with pytest.raises(NotAllowed) as failure:
            guarded.check(Endpoint(engine=files.engine, folder=folder))
        assert failure.value.code == "connectors.folder_not_allowed"
    with pytest.raises(NotValid):
        guarded.check(Endpoint(engine=files.engine, folder="relative"))


def test_a_link_is_not_followed(files: Place, tmp_path: Path) -> None:
    target = tmp_path / "secret"
    target.write_text("id\n1\n")
    (tmp_path / f"link.{files.engine}").symlink_to(target)
    with pytest.raises(NotAllowed):
        files.connector.schema(files.endpoint, TableRef(name=f"link.{files.engine}"))
    assert files.connector.tables(files.endpoint) == []


def _answer_nonsense(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.close()
