"""`zampa up`: one machine, everything: database, web, worker and a gateway, stopped together.

When a child ends by itself it is started again; when the database is the embedded one it is started first and
stopped last. Production runs `zampa web`, `zampa worker` and `zampa gateway` as units of their own instead.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from zampa.entrance import options
from zampa.entrance.machine.postgres import EmbeddedPostgres
from zampa.entrance.machine.processes import Processes, answers, stop_by_pid_file, wait_for
from zampa.ground.errors import Conflict, ZampaError

STARTS = {
    "web": ("zampa.entrance", "web"),
    "worker": ("zampa.entrance", "worker"),
    "gateway": ("zampa.gateway",),
}

GATEWAY = "gateway-1"
GONE = """zampa up: the database is gone: there is none in {folder},
but an installation ran here: {left}
Bring it back with `zampa restore ARCHIVE` (grants, people and ledger come from the archive),
or begin anew with an empty database: `zampa up --new`.
"""


class Installation:
    """One installation on this machine, in ZAMPA_HOME."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.database = EmbeddedPostgres(home / "postgres", durable=durable)
        self.token = ""
        self.own_database = not options.text("ZAMPA_DATABASE_URL")
        self.processes = Processes(home / "logs", {"ZAMPA_HOME": str(home)})

    def start(self, *, new: bool = False) -> None:
        """Database, keys and tables first, then the processes; returns when the portal answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.own_database and not new:
            self.check_database()
        stop_by_pid_file(self.pid_file)
        self.pid_file.write_text(str(os.getpid()))
        environment = {"ZAMPA_HOME": str(self.home)}
        if self.own_database:
            environment["ZAMPA_DATABASE_URL"] = self.database.start()
            _write_closed(self.home / "database-url", environment["ZAMPA_DATABASE_URL"])
        self.processes.environment = environment
        self._prepare()
        self.start_one("web")
        self.start_one("worker")
        web = options.text("ZAMPA_ADDRESS")
        wait_for(lambda: answers(f"http://{web}/healthz"), "web")
        self.start_one("gateway")
        gateway = options.text("ZAMPA_GATEWAY_ADDRESS")
        wait_for(lambda: answers(f"http://{gateway}/healthz"), "gateway")
        (self.home / "ready").write_text("")

    def check_database(self) -> None:
        """Conflict when keys or an enrolled gateway are here and their database is not: an empty one would pass for
        a fresh installation while grants and ledger are gone."""
        signs = (self.home / "keys" / "master", self.home / "gateway" / "enrolment.json")
        left = [str(path) for path in signs if path.exists()]
        if left and not self.database.exists():
            raise Conflict("machine.up.database_gone", folder=str(self.database.folder), left=", ".join(left))

    def _prepare(self) -> None:
        """Tables, codes and keys; a gateway not enrolled yet gets a one-time token, an enrolled one keeps its keys."""
        enrolled = (self.home / "gateway" / "enrolment.json").exists()
        said = self.processes.run("zampa.entrance", "prepare", *(() if enrolled else ("--gateway", GATEWAY)))
        self.token = "" if enrolled else said.strip().splitlines()[-1]

    def start_one(self, name: str) -> None:
        extra = {
            "ZAMPA_GATEWAY_HOME": str(self.home / "gateway"),
            "ZAMPA_GATEWAY_CENTRE": f"http://{options.text('ZAMPA_ADDRESS')}",
            "ZAMPA_GATEWAY_ADDRESS": options.text("ZAMPA_GATEWAY_ADDRESS"),
            "ZAMPA_GATEWAY_NAME": GATEWAY,
            "ZAMPA_GATEWAY_TOKEN": self.token,
        }
        self.processes.start(name, *STARTS[name], extra=extra if name == "gateway" else {})

    def watch(self, stop: threading.Event) -> None:
        """Start again what ends, until told to stop."""
        while not stop.wait(1.0):
            name = self.processes.dead()
            if name is not None:
                sys.stderr.write(f"zampa: {name} ended and is started again; see {self.home}/logs/{name}.log\n")
                self.start_one(name)
            if self.own_database and not self.database.running():
                sys.stderr.write("zampa: the database ended and is started again\n")
                self.database.start()

    def stop(self) -> None:
        self.processes.stop()
        if self.own_database:
            self.database.stop()
        for path in (self.pid_file, self.home / "ready"):
            path.unlink(missing_ok=True)

    @property
    def pid_file(self) -> Path:
        return self.home / "zampa.pid"


def _write_closed(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def main() -> int:
    parser = argparse.ArgumentParser(prog="zampa up", description="Run everything on this machine.")
    parser.add_argument("--stop", action="store_true", help="stop the one that runs in this ZAMPA_HOME, and end")
    parser.add_argument("--new", action="store_true", help="begin with an empty database though keys are there")
    given = parser.parse_args()
    installation = Installation(Path(options.text("ZAMPA_HOME")).absolute())
    if given.stop:
        stop_by_pid_file(installation.pid_file)
        installation.database.stop()
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        installation.start(new=given.new)
        sys.stdout.write(f"The portal answers at http://{options.text('ZAMPA_ADDRESS')}\n")
        sys.stdout.write("First people: zampa enrol. Stop with Ctrl-C.\n")
        sys.stdout.flush()
        installation.watch(stop)
    except ZampaError as error:
        gone = error.code == "machine.up.database_gone"
        sys.stderr.write(GONE.format(**error.params) if gone else f"zampa up: {error}\n")
        return 1
    finally:
        installation.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
