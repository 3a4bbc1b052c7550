"""`make demo` as a newcomer types it: the story runs to its end, twice, and leaves nothing behind with ONCE=1."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.journey, pytest.mark.timeout(200)]


def demo(folder: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZAMPA_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "zampa.demo", *options], cwd=folder, capture_output=True, text=True, timeout=180,
        env=kept | {"PYTHONPATH": str(ROOT / "src"), "LANG": "en_GB.UTF-8"} | more,
    )  # fmt: skip


def running(folder: Path) -> list[str]:
    """Processes whose working folder or command line names the demo's folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            here = process.joinpath("cwd").resolve() == folder and b"zampa" in process.joinpath("cmdline").read_bytes()
            named = str(folder).encode() in process.joinpath("cmdline").read_bytes()
        except OSError:
            continue
        if here or named:
            found.append(process.name)
    return found


def test_a_demo_over_a_running_one_starts_clean_and_once_leaves_nothing_running(tmp_path):
    first = demo(tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    portal = next(word for word in first.stdout.split() if word.startswith("http://127.0.0.1:"))
    with urllib.request.urlopen(f"{portal}/readyz") as answer:
        assert answer.status == 200
    second = demo(tmp_path, "--once")
    assert second.returncode == 0, second.stdout + second.stderr
    for told in (
        "6,371 divisions, digests equal",
        "74 stations as XLSX",
        "99,963 people; 37 bad rows in quarantine",
        "refused with its reason",
        "stops within 5 s",
        "zampa verify finds all right",
        "and is caught: record",
    ):
        assert told in second.stdout, second.stdout
    end = time.monotonic() + 20
    while running(tmp_path) and time.monotonic() < end:
        time.sleep(0.2)
    assert not running(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".demo"}


def test_a_real_installation_is_left_alone(tmp_path):
    done = demo(tmp_path, "--once", ZAMPA_DATABASE_URL=os.environ["ZAMPA_DATABASE_URL"])
    assert done.returncode == 2
    assert "ZAMPA_DATABASE_URL is set" in done.stderr
    assert not (tmp_path / ".demo").exists()
    with psycopg.connect(os.environ["ZAMPA_DATABASE_URL"]) as connection:
        found = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'own_%'").fetchone()
    assert found == (0,)
