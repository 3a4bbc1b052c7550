"""An installation of real processes for journeys that kill and restore: its own PostgreSQL, web, worker, gateway."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg

from zampa.entrance.machine.postgres import EmbeddedPostgres, free_port
from zampa.entrance.machine.processes import Processes, answers, wait_for
from zampa.ground.digests import unb64

ROOT = Path(__file__).resolve().parents[2]
ANSWER = json.dumps({"code": "540102", "name": "城关区"}, ensure_ascii=False).encode()


class Provider:
    """A department's own HTTP service."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                return

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(ANSWER)))
                self.end_headers()
                self.wfile.write(ANSWER)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass(frozen=True)
class State:
    """`epochs`: the statements after the first epoch; `book`: the last number issued, `held`: what the gateway has."""

    records: int
    size: int
    epochs: list[dict[str, Any]]
    answered: set[str]
    book: int
    held: int


class House:
    """One installation in `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = EmbeddedPostgres(home / "postgres")  # durable: what was committed survives the kill
        web, gateway = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.web, self.gateway = f"http://{web}", f"http://{gateway}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ZAMPA_")}
        self.environment = {
            "ZAMPA_HOME": str(home), "ZAMPA_ADDRESS": web, "ZAMPA_GATEWAY_ADDRESS": gateway,
            "ZAMPA_INSTALLATION": "zampa-journey", "ZAMPA_SECOND_FACTOR": "optional", "ZAMPA_ALLOW_LOOPBACK": "yes",
            "ZAMPA_DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "zampa.entrance.settings",
            "ZAMPA_GATEWAY_HOME": str(home / "gateway"), "ZAMPA_GATEWAY_CENTRE": self.web,
            "ZAMPA_GATEWAY_NAME": "gateway-1", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }  # fmt: skip
        self.processes = Processes(home / "logs", self.environment)
        self.kept = kept

    def start(self) -> None:
        self.home.mkdir(parents=True)
        self._address(self.database.start())
        token = self.run("zampa.entrance", "prepare", "--gateway", "gateway-1").strip().splitlines()[-1]
        self.start_centre()
        self.processes.start("gateway", "zampa.gateway", extra={"ZAMPA_GATEWAY_TOKEN": token})
        wait_for(lambda: answers(f"{self.gateway}/healthz"), "gateway")

    def _address(self, url: str) -> None:
        self.environment["ZAMPA_DATABASE_URL"] = url

    def start_centre(self) -> None:
        for name in ("web", "worker"):
            self.processes.start(name, "zampa.entrance", name)
        wait_for(lambda: answers(f"{self.web}/healthz"), "web")

    def start_gateway(self) -> None:
        self.processes.start("gateway", "zampa.gateway")
        wait_for(lambda: answers(f"{self.gateway}/healthz"), "gateway")

    def kill(self, *names: str) -> None:
        for name in names:
            child = self.processes.children.pop(name)
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def kill_database(self, *, and_lose_it: bool) -> None:
        pid = int((self.database.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.database.running(), "the database's end")
        time.sleep(0.5)  # its children see the end of their parent
        if and_lose_it:
            shutil.rmtree(self.database.folder)

    def database_again(self) -> None:
        self._address(self.database.start())

    def stop(self) -> None:
        self.processes.stop(5)
        self.database.stop("immediate")

    def run(self, *command: str) -> str:
        return self.processes.run(*command)

    def ask(self, what: str, *arguments: str) -> Any:
        """One step of tests/journeys/steps.py in this installation; what it answers."""
        return json.loads(self.run("tests.journeys.steps", what, *arguments).strip().splitlines()[-1])

    def state(self) -> State:
        """What the database holds, read straight from its tables."""
        with psycopg.connect(self.environment["ZAMPA_DATABASE_URL"]) as there:

            def column(sql: str) -> list[Any]:
                return [row[0] for row in there.execute(sql).fetchall()]

            epochs = [json.loads(text)["payload"] for text in column("SELECT signed FROM ledger_epoch ORDER BY number")]
            return State(
                records=column("SELECT count(*) FROM ledger_record")[0],
                size=column("SELECT size FROM ledger_checkpoint ORDER BY id DESC LIMIT 1")[0],
                epochs=[json.loads(unb64(payload)) for payload in epochs],
                answered=set(column("SELECT call FROM exchange_callrow WHERE outcome = 'answered'")),
                book=column("SELECT book_number FROM exchange_gateway")[0],
                held=column("SELECT has_book FROM exchange_gateway")[0],
            )

    def witnessed(self) -> int:
        """The size of the newest checkpoint that the gateway holds."""
        held = json.loads((self.home / "gateway" / "trail" / "centre.json").read_text())["checkpoint"]
        return int(json.loads(unb64(held["payload"]))["size"]) if held else 0

    def call(self, number: str, key: str) -> tuple[int, str, str]:
        """One granted call: status, call number, reason; OSError when the gateway is not there."""
        request = urllib.request.Request(f"{self.gateway}/g/{number}/pass", headers={"Authorization": f"Bearer {key}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                whole = answer.read() == ANSWER
                return answer.status if whole else 0, answer.headers["zampa-call"], ""
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers.get("zampa-call", ""), json.loads(refusal.read()).get("code", "")


class Load:
    """Callers in threads until stopped; `answered` holds the number of each call whose whole answer arrived."""

    def __init__(self, call: Callable[[], tuple[int, str, str]], callers: int = 3) -> None:
        self.call = call
        self.answered: list[str] = []
        self.refused: list[str] = []
        self.broken = 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(callers)]
        for thread in self.threads:
            thread.start()

    def _run(self) -> None:
        while not self.stopping.wait(0.01):
            try:
                status, number, code = self.call()
            except OSError:
                self.broken += 1
                continue
            if status == 200:
                self.answered.append(number)
            else:
                self.refused.append(f"{status} {code}")

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(timeout=20)
