import json
import os
import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from zampa.entrance.machine.archives import read_manifest, unpack_archive, write_archive
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotValid, Unavailable


@pytest.fixture
def database():
    server = os.environ["ZAMPA_DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS archived WITH (FORCE)")
        connection.execute("CREATE DATABASE archived")
    url = server.rsplit("/", 1)[0] + "/archived"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT n, '西藏 ' || n AS name FROM generate_series(1, 1000) n")
    yield url
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE archived WITH (FORCE)")


def rows(url):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*), max(name) FROM kept").fetchone()


def backup(tmp_path, url, **more):
    files = tmp_path / "files"
    files.mkdir(exist_ok=True)
    (files / "paper.txt").write_text("依据")
    return write_archive(
        target=tmp_path / "out.tar", url=url, files=files, now=utc_now(), installation="zampa-t", **more
    )


def names(archive):
    with tarfile.open(archive) as held:
        return held.getnames()


def test_what_was_lost_comes_back(tmp_path, database):
    archive = backup(tmp_path, database)
    before = rows(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP TABLE kept")
    (tmp_path / "files" / "paper.txt").unlink()
    unpack_archive(source=archive, url=database, files=tmp_path / "files", keys=tmp_path / "keys", replace=True)
    assert rows(database) == before
    assert (tmp_path / "files" / "paper.txt").read_text() == "依据"


def test_only_the_owner_reads_it_and_the_keys_stay_out(tmp_path, database):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "master").write_text("secret")
    archive = backup(tmp_path, database)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert not [name for name in names(archive) if name.startswith("keys")]
    assert "keys/master" in names(backup(tmp_path, database, keys=keys))


def test_files_are_not_overwritten_unasked(tmp_path, database):
    archive = backup(tmp_path, database)
    with pytest.raises(Conflict):
        unpack_archive(source=archive, url=database, files=tmp_path / "files", keys=tmp_path, replace=False)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x00" * 2048])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    with pytest.raises(NotValid):
        read_manifest(path)


def test_a_format_of_tomorrow_is_refused(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"format": 99}))
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        archive.add(path, "manifest.json")
    with pytest.raises(NotValid) as refusal:
        read_manifest(tmp_path / "x.tar")
    assert refusal.value.code == "machine.archive.format"


def test_a_database_that_is_away_leaves_no_half_archive(tmp_path):
    with pytest.raises(Unavailable):
        backup(tmp_path, "postgresql://x:y@127.0.0.1:1/none")
    assert not list(tmp_path.glob("*.tar")) and not list(tmp_path.glob(".*.part"))


def test_a_full_disk_leaves_no_half_archive(tmp_path, database, monkeypatch):
    monkeypatch.setattr(Path, "touch", lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Unavailable) as failure:
        backup(tmp_path, database)
    assert failure.value.code == "machine.archive.disk"
