"""Where the search benchmarks keep their installation, so that one set serves the figures of a run and the next one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import search_set
from zampa.entrance.machine.postgres import EmbeddedPostgres
from zampa.entrance.machine.processes import answers, wait_for
from zampa.ground.digests import sha256
from zampa.ground.errors import Unavailable

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 1_000_000


@dataclass(frozen=True)
class House:
    """An installation with the set in its database. `token`: of a reader who sees what is published."""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ZAMPA_HOME": str(self.folder / "home"),
            "ZAMPA_DATABASE_URL": self.url,
            "ZAMPA_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "zampa.entrance.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }

    def run(self, *arguments: str) -> Any:
        """A part that needs Django, in a process of its own; what it told."""
        program = (
            "import sys, runpy, django; django.setup(); sys.argv = sys.argv[1:];"
            " runpy.run_module('benchmarks.search_house', run_name='__main__')"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, "search_house", *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise Unavailable("benchmarks.failed", said=done.stderr[-2000:])
        return json.loads(done.stdout.strip().splitlines()[-1])

    @contextmanager
    def web(self) -> Iterator[str]:
        """The portal on a free port, as it runs in production: one process of Granian."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        with (self.folder / "web.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "zampa.entrance", "web", "--address", address],
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            wait_for(lambda: answers(f"http://{address}/healthz"), "web", 120)
            yield address
        finally:
            child.terminate()
            child.wait(20)


def entries() -> int:
    return int(ENTRIES * float(os.environ.get("SCALE", "1")))


@contextmanager
def house() -> Iterator[House]:
    """The installation with the set, filled when there is none of this size made by this code."""
    if not search_set.SOURCE.exists():
        raise Unavailable("benchmarks.no_data", needed="shared/data/04_catalogues")
    folder = ROOT / "build" / "bench" / f"search-{entries()}"
    made_by = [sha256((ROOT / "benchmarks" / name).read_bytes()).hex() for name in ("search_set.py",)]
    sign = folder / "filled.json"
    wanted = json.dumps(made_by)
    fresh = not sign.exists() or sign.read_text() != wanted
    server = EmbeddedPostgres(folder / "postgres", durable=False)
    if fresh:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        found = House(folder, server.start())
        if fresh:
            (folder / "home" / "keys").mkdir(parents=True)
            (folder / "home" / "keys" / "master").write_bytes(os.urandom(32))
            found.run("fill", str(entries()))
            (folder / "token").write_text(found.run("reader"))
            sign.write_text(wanted)
        else:
            found.run("migrate")
        yield found
    finally:
        server.stop("fast")
