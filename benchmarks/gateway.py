"""Gateway figures: one worker, beside nginx proxying the same upstream in the same run, wrk as the load.

Everything a call needs is on: key and grant checked, request committed to, record fsynced before the answer leaves,
the answer signed, segments cut. The centre is away, as when it is down: the gateway does not need it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec

from zampa.contracts.book import (
    BOOK_PURPOSE,
    BookGrant,
    BookKey,
    BookService,
    GrantBook,
    mask_key_context,
    service_context,
)
from zampa.contracts.deliveries import Endpoint
from zampa.contracts.flowspecs import GrantedField, Mask
from zampa.evidence import envelopes, seals, suites
from zampa.gateway.enrolment import Enrolment, keep_enrolment, load_keys
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64, sha256
from zampa.ground.errors import Unavailable

SECONDS = 3
ROUNDS = 3
CONNECTIONS = 64
BEARER = "zk_" + b64(b"benchmark key of two hundred 56b")
SOURCE = Path(__file__).parents[1] / "src"
BARE = "x" * 1024
FIELDS = [f"field_{number}" for number in range(10)]
PERSON = msgspec.json.encode(dict.fromkeys(FIELDS, "ཟམ་པ" * 8 + "x" * 92)).decode()


def gateway_call_bare() -> list[dict[str, object]]:
    """Key, grant, durable record, a body of 1 kB passed through whole."""
    return [_figure("gateway_call_bare", BARE, (), "ratio >= 0.20")]


def gateway_call() -> list[dict[str, object]]:
    """2 kB of JSON with 10 fields: one dropped, one masked, the rest as they are."""
    fields = [GrantedField(name=name, column=name, path=name) for name in FIELDS[:8]]
    fields.append(GrantedField(name=FIELDS[8], column=FIELDS[8], mask=Mask(kind="keep", first=3, last=4)))
    return [_figure("gateway_call", PERSON, tuple(fields), "ratio >= 0.12")]


def _figure(name: str, body: str, fields: tuple[GrantedField, ...], aim: str) -> dict[str, object]:
    missing = [program for program in ("nginx", "wrk") if shutil.which(program) is None]
    if missing:
        raise Unavailable("benchmarks.missing", programs=" ".join(missing))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zampa-bench-")))
        upstream = stack.enter_context(_provider(folder, body))
        peer = stack.enter_context(_nginx(folder / "peer", _proxying(upstream)))
        ours = stack.enter_context(_gateway(folder / "gateway", upstream, fields))
        runs: dict[str, list[float]] = {"ours": [], "peer": [], "upstream": []}
        for _ in range(ROUNDS):
            runs["upstream"].append(_load(f"http://127.0.0.1:{upstream}/data"))
            runs["peer"].append(_load(f"http://127.0.0.1:{peer}/data"))
            runs["ours"].append(_load(f"http://127.0.0.1:{ours}/g/G-1/pass"))
    value, peer_value = statistics.median(runs["ours"]), statistics.median(runs["peer"])
    return {
        "name": name, "value": round(value), "unit": "calls/s", "peer": "nginx reverse proxy",
        "peer_value": round(peer_value), "ratio": round(value / peer_value, 3), "aim": aim,
        "note": f"median of {ROUNDS} runs of {SECONDS} s, {CONNECTIONS} connections, one worker each; "
                f"the upstream asked directly: {statistics.median(runs['upstream']):,.0f} calls/s",
    }


def _load(url: str) -> float:
    """Answers a second; Unavailable when any was not a 200."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", f"Authorization: Bearer {BEARER}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s*([\d.]+)", said)
    if "Non-2xx" in said or found is None:
        raise Unavailable("benchmarks.failed", said=said[-300:])
    return float(found[1])


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


PROVIDER = """
from pathlib import Path
BODY = Path({body!r}).read_bytes()
START = {{"type": "http.response.start", "status": 200, "headers": [
    (b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]}}
async def app(scope, receive, send):
    await send(START)
    await send({{"type": "http.response.body", "body": BODY}})
"""


@contextmanager
def _provider(folder: Path, body: str) -> Iterator[int]:
    """The provider's service: an application on Granian that answers the same body each time; its port."""
    place, port = folder / "provider", _port()
    place.mkdir()
    (place / "body").write_text(body)
    (place / "provider.py").write_text(PROVIDER.format(body=str(place / "body")))
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port), "--no-ws", "--no-log",
         "--workers-kill-timeout", "5", "provider:app"], cwd=place,
    )
    with _ended(process):
        _wait(f"http://127.0.0.1:{port}/")
        yield port


def _proxying(port: int) -> str:
    return (
        f"location / {{ proxy_pass http://127.0.0.1:{port}; proxy_http_version 1.1; "
        'proxy_set_header Connection ""; }'
    )


@contextmanager
def _nginx(folder: Path, location: str) -> Iterator[int]:
    """An nginx of one worker; its port."""
    folder.mkdir()
    port = _port()
    upstream = re.search(r"http://(127\.0\.0\.1:\d+)", location)
    pool = f"upstream up {{ server {upstream[1]}; keepalive 64; }}" if upstream else ""
    inside = location.replace(upstream[0], "http://up") if upstream else location
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;"
        "events { worker_connections 1024; }"
        f"http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/body;"
        f"proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;"
        f"scgi_temp_path {folder}/s; {pool} server {{ listen 127.0.0.1:{port} backlog=1024; {inside} }} }}"
    )
    process = subprocess.Popen(["nginx", "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf", "-p", str(folder)])
    with _ended(process):
        _wait(f"http://127.0.0.1:{port}/")
        yield port


@contextmanager
def _gateway(home: Path, upstream: int, fields: tuple[GrantedField, ...]) -> Iterator[int]:
    """A gateway with a hand-made signed book; its port."""
    home.mkdir()
    _settle(home, upstream, fields)
    port = _port()
    environment = {
        **os.environ, "PYTHONPATH": str(SOURCE), "ZAMPA_GATEWAY_HOME": str(home), "ZAMPA_ALLOW_LOOPBACK": "yes",
        "ZAMPA_GATEWAY_ADDRESS": f"127.0.0.1:{port}", "ZAMPA_GATEWAY_CENTRE": f"http://127.0.0.1:{_port()}",
    }
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "zampa.gateway"], env=environment, stdout=log, stderr=log)
    with _ended(process):
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield port


def _settle(home: Path, upstream: int, fields: tuple[GrantedField, ...]) -> None:
    """Keys, enrolment and book, as a centre would have given them."""
    keys = load_keys(home, "international")
    centre = suites.generate_key("ed25519")
    keep_enrolment(home, Enrolment(gateway="bench", installation="bench", anchors=(centre.public.text,)))
    endpoint = Endpoint(engine="http", url=f"http://127.0.0.1:{upstream}")
    now = utc_now()
    service = BookService(
        id="s1", resource="r1", kind="http", path="/data", response="json" if fields else "",
        sealed=seals.seal_to(keys.seal_public, msgspec.json.encode(endpoint), service_context("s1")),
    )
    grant = BookGrant(
        id="id-1", number="G-1", consumer="sys-1", department="d1", resource="r1", resource_code="R1", service="s1",
        actions=("pass",), fields=fields, purpose="benchmark", not_before=iso(now - timedelta(hours=1)),
        not_after=iso(now + timedelta(hours=1)), quota_per_day=100_000_000,
        sealed_mask_key=seals.seal_to(keys.seal_public, b"m" * 32, mask_key_context("id-1")),
    )
    key = BookKey(
        id="k1", consumer="sys-1", department="d1", algorithm="bearer", material=b64(sha256(BEARER.encode()))
    )
    book = GrantBook(
        format=1, installation="bench", gateway="bench", number=1, issued=iso(now),
        expires=iso(now + timedelta(hours=1)), suite="international", keys=(key,), services=(service,), grants=(grant,),
    )
    signed = envelopes.sign(BOOK_PURPOSE, msgspec.json.encode(book), centre)
    (home / "book.json").write_bytes(msgspec.json.encode(signed))


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


FIGURES: dict[str, Callable[[], list[dict[str, object]]]] = {
    "gateway_call_bare": gateway_call_bare, "gateway_call": gateway_call,
}
