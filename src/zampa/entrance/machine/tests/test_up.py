"""`zampa up` where the database of an earlier installation is gone."""

import os
import subprocess
import sys

import pytest

from zampa.entrance.machine.up import Installation
from zampa.ground.errors import Conflict


def up(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZAMPA_")}
    return subprocess.run(
        [sys.executable, "-m", "zampa.entrance.machine.up"],
        env=kept | {"ZAMPA_HOME": str(home)}, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip


@pytest.mark.parametrize("left", ["keys/master", "gateway/enrolment.json"])
def test_keys_without_their_database_begin_no_empty_one(tmp_path, left):
    (tmp_path / left).parent.mkdir()
    (tmp_path / left).write_text("x")
    done = up(tmp_path)
    assert done.returncode == 1
    assert str(tmp_path / left) in done.stderr and "zampa up --new" in done.stderr and "restore" in done.stderr
    assert not (tmp_path / "postgres").exists() and not (tmp_path / "zampa.pid").exists()


def test_a_first_start_and_one_with_its_database_are_let_through(tmp_path):
    Installation(tmp_path).check_database()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master").write_text("x")
    with pytest.raises(Conflict):
        Installation(tmp_path).check_database()
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("17")
    Installation(tmp_path).check_database()
