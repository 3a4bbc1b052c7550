"""A centre and a provider for tests: real servers on free ports of this machine, with real keys and signatures.

The centre speaks what a gateway asks of it and checks each signature; the provider answers plain JSON. Neither knows
anything of the code under test beyond contracts and evidence.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec

from zampa.contracts.book import (
    BOOK_PURPOSE,
    BookGrant,
    BookKey,
    BookService,
    GrantBook,
    Signed,
    mask_key_context,
    service_context,
)
from zampa.contracts.calls import SEGMENT_PURPOSE, Segment
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.evidence import Checkpoint
from zampa.evidence import envelopes, seals, suites
from zampa.evidence import http_signatures as signatures
from zampa.evidence.checkpoints import sign_checkpoint
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64, sha256, unb64

ROOT = Path(__file__).parents[4]
BEARER = "zk_" + b64(b"a secret of 256 bits, for tests.")
OTHER = "zk_" + b64(b"another secret, for tests, 256bt")
CONSUMER_KEY = suites.private_key("ed25519", b"k" * 32)
MASK_KEY = b"m" * 32


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def give(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Serving:
    """A server in a thread; `handle` is called with the request handler."""

    def __init__(self, handle: Callable[[Quiet], None], port: int = 0) -> None:
        class Handler(Quiet):
            def do(self) -> None:
                handle(self)

            do_GET = do_POST = do_PUT = do_HEAD = do

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Centre:
    """Enrols one gateway, issues it books, takes in its trail."""

    def __init__(self) -> None:
        self.key = suites.generate_key("ed25519")
        self.log_key = suites.generate_key("ed25519")
        self.public: suites.PublicKey | None = None
        self.seal_public = b""
        self.token = "once"
        self.envelope = b""
        self.number = 0
        self.changed = threading.Condition()
        self.segments: list[Segment] = []
        self.accepted = -1
        self.uncovered = 0
        self.bad: list[str] = []
        self.needs: Callable[[], object] = lambda: None
        self.serving: Serving | None = Serving(self.handle)
        self.port = self.serving.port
        self.url = self.serving.url

    def stop(self) -> None:
        if self.serving is not None:
            self.serving.stop()
            self.serving = None

    def again(self) -> None:
        self.serving = Serving(self.handle, self.port)

    # --- what the gateway asks

    def handle(self, call: Quiet) -> None:
        body = call.body()
        path, _, query = call.path.partition("?")
        name = path.removeprefix("/api/gateway/v1/")
        if name == "enrol":
            told = json.loads(body)
            if told["token"] != self.token:
                return call.give(403, b"{}")
            self.token = ""
            self.public = suites.PublicKey.parse(told["sign_public"])
            self.seal_public = unb64(told["seal_public"])
            anchors = [self.key.public.text, self.log_key.public.text]
            return call.give(200, json.dumps({"gateway": "g1", "installation": "test", "anchors": anchors,
                                              "centre": self.url}).encode())
        if not self.signed(call, path, query, body):
            return call.give(401, b"{}")
        try:
            self.needs()
        except Exception:
            return call.give(503, b"{}")
        if name == "book":
            return self.book(call, int(query.removeprefix("have=")))
        if name == "segments":
            return self.segment(call, body)
        checkpoint = Checkpoint(origin="test", epoch=0, size=1, root="sha256:" + b64(bytes(32)), at=iso(utc_now()),
                                suite="international")
        told = {"checkpoint": msgspec.to_builtins(sign_checkpoint(checkpoint, self.log_key)),
                "first_uncovered": self.uncovered}
        return call.give(200, json.dumps(told).encode())

    def signed(self, call: Quiet, path: str, query: str, body: bytes) -> bool:
        assert self.public is not None
        headers = {name.lower(): value for name, value in call.headers.items()}
        message = signatures.Message(call.command, headers["host"], path, query, "http", headers)
        try:
            signature = signatures.signature_for(message, signatures.CENTRE_TAG)
            signatures.check_request(message, signature, self.public.verify, algorithm="ed25519", now=time.time())
            if body:
                signatures.check_content_digest(headers["content-digest"], body)
        except Exception as error:
            self.bad.append(repr(error))
            return False
        return True

    def book(self, call: Quiet, have: int) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.number != have, timeout=5)
            envelope = self.envelope
        if self.number == have or not envelope:
            call.send_response(304)
            call.end_headers()
        else:
            call.give(200, envelope)

    def segment(self, call: Quiet, body: bytes) -> None:
        assert self.public is not None
        signed = msgspec.json.decode(body, type=Signed)
        segment = msgspec.json.decode(
            envelopes.open_signed(signed, [self.public], purpose=SEGMENT_PURPOSE), type=Segment
        )
        if segment.first == self.accepted + 1:
            self.segments.append(segment)
            self.accepted = segment.first + segment.count - 1
        call.give(200, json.dumps({"accepted_through": self.accepted}).encode())

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(text) for segment in self.segments for text in segment.records]

    # --- what the test says

    def issue(self, grants: list[BookGrant], services: list[tuple[BookService, Endpoint]], *,
              seconds: float = 3600, number: int = 0, **changes: Any) -> bytes:
        """Put a new book in force and return it; `changes` are fields of the book."""
        sealed = [
            msgspec.structs.replace(service, sealed=seals.seal_to(
                self.seal_public, msgspec.json.encode(endpoint), service_context(service.id)))
            for service, endpoint in services
        ]
        now = utc_now()
        given = [
            msgspec.structs.replace(one, sealed_mask_key=seals.seal_to(
                self.seal_public, MASK_KEY, mask_key_context(one.id)))
            for one in grants
        ]
        fields: dict[str, Any] = {
            "format": 1, "installation": "test", "gateway": "g1", "number": number or self.number + 1,
            "issued": iso(now), "expires": iso(now + timedelta(seconds=seconds)), "suite": "international",
            "keys": tuple(KEYS), "services": tuple(sealed), "grants": tuple(given), **changes,
        }
        book = GrantBook(**fields)
        signed = envelopes.sign(BOOK_PURPOSE, msgspec.json.encode(book), self.key)
        with self.changed:
            self.number = book.number
            self.envelope = msgspec.json.encode(signed)
            self.changed.notify_all()
        return self.envelope


KEYS = [
    BookKey(id=name, consumer=consumer, department=department, algorithm=algorithm, material=material)
    for name, consumer, department, algorithm, material in (
        ("key-1", "sys-1", "dep-1", "bearer", b64(sha256(BEARER.encode()))),
        ("key-2", "sys-2", "dep-2", "bearer", b64(sha256(OTHER.encode()))),
        ("key-3", "sys-1", "dep-1", "ed25519", b64(CONSUMER_KEY.public.raw)),
    )
]


def grant(number: str, service: str, *actions: str, **changes: Any) -> BookGrant:
    now = utc_now()
    fields: dict[str, Any] = {
        "id": f"id-{number}", "number": number, "consumer": "sys-1", "department": "dep-1", "resource": "res-1",
        "resource_code": "R1", "service": service, "actions": actions, "fields": (), "purpose": "test",
        "not_before": iso(now - timedelta(days=1)), "not_after": iso(now + timedelta(days=1)), **changes,
    }
    return BookGrant(**fields)


class Gateway:
    """A gateway process of its own."""

    def __init__(self, home: Path, centre: Centre, **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "PYTHONPATH": str(ROOT / "src"), "ZAMPA_GATEWAY_HOME": str(home),
            "ZAMPA_GATEWAY_ADDRESS": f"127.0.0.1:{self.port}", "ZAMPA_GATEWAY_CENTRE": centre.url,
            "ZAMPA_GATEWAY_TOKEN": "once", "ZAMPA_ALLOW_LOOPBACK": "yes", **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, ready: bool = True) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zampa.gateway"], env=self.environment, stdout=log, stderr=log
            )
        self.wait("/readyz" if ready else "/healthz")

    def start_and_end(self) -> None:
        """Start, wait for the end, and fail as a shell would."""
        done = subprocess.run(
            [sys.executable, "-m", "zampa.gateway"], env=self.environment, capture_output=True, timeout=30, check=False
        )
        with (self.home / "log.txt").open("ab") as log:
            log.write(done.stderr)
        assert done.returncode == 0, done.stderr

    def wait(self, path: str, status: int = 200, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if self.ask(path)[0] == status:
                    return
            except OSError:
                pass
            assert time.monotonic() < end, self.log()
            time.sleep(0.03)

    def log(self) -> str:
        return (self.home / "log.txt").read_text()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=15)

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, bearer: str = "",
            headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        sent = {**(headers or {}), **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, {k.lower(): v for k, v in refusal.headers.items()}, refusal.read()

    def code(self, path: str, **asked: Any) -> tuple[int, str]:
        status, _, body = self.ask(path, **asked)
        return status, json.loads(body).get("code", "") if body.startswith(b"{") else ""

    def signed(self, path: str, *, method: str = "GET", body: bytes = b"", nonce: str = "", key_id: str = "key-3",
               created: int | None = None, key: suites.PrivateKey = CONSUMER_KEY,
               tag: str = "") -> dict[str, str]:
        bare, _, query = path.partition("?")
        headers = {"content-length": str(len(body))} if body else {}
        message = signatures.Message(method, f"127.0.0.1:{self.port}", bare, query, "http", headers)
        return signatures.sign_request(
            message, body, key_id=key_id, algorithm=key.algorithm, tag=tag or signatures.gateway_tag("g1"),
            nonce=nonce or b64(os.urandom(12)), created=int(time.time()) if created is None else created, sign=key.sign,
        )


@contextmanager
def house(home: Path, **environment: str) -> Iterator[tuple[Centre, Gateway]]:
    """A centre and an enrolled gateway, without a book yet."""
    centre = Centre()
    gateway = Gateway(home, centre, **environment)
    try:
        gateway.start(ready=False)
        yield centre, gateway
    finally:
        gateway.stop()
        centre.stop()
