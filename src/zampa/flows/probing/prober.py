"""One process that looks, and its hard end."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
import sys
import time
from threading import Lock

import msgspec

from zampa.flows.probing.orders import SECONDS, Answer, Order

KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR")


class Prober:
    """A process that is started when it is first needed and killed when a look takes too long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._held = b""

    def ask(self, order: Order, seconds: float = SECONDS) -> Answer:
        """The look's answer. Past `seconds` the process is killed: what it had found by then stands if it came as far
        as the rows, else the source is too slow (`flows.probe.too_slow`)."""
        begun = time.monotonic()
        process = self._ready(msgspec.json.encode(order) + b"\n")
        last = Answer(key=order.key)
        while True:
            left = begun + seconds - time.monotonic()
            line = self._line(process, left)
            if line is None:
                return self._cut_off(last, order, begun, timed=left <= 0 or time.monotonic() - begun >= seconds)
            last = msgspec.json.decode(line, type=Answer)
            if last.over:
                return last

    def _cut_off(self, last: Answer, order: Order, begun: float, *, timed: bool) -> Answer:
        self.close()
        spent = int((time.monotonic() - begun) * 1000)
        if timed and last.sampled is not None:
            return msgspec.structs.replace(last, over=True, milliseconds=spent)
        code = "flows.probe.too_slow" if timed else "flows.probe.broke_off"
        params = {"host": order.host, "seconds": str(round(spent / 1000))} if timed else {"why": "ended"}
        return msgspec.structs.replace(last, problem=code, params=params, over=True, milliseconds=spent)

    def _ready(self, line: bytes) -> subprocess.Popen[bytes]:
        """The process with the order written to it; one that ended by itself meanwhile is started anew."""
        for _ in range(2):
            if self._process is None or self._process.poll() is not None:
                self.close()
            process = self._process = self._process or _start()
            try:
                assert process.stdin is not None
                process.stdin.write(line)
                process.stdin.flush()
            except BrokenPipeError:
                self.close()
                continue
            break
        return process

    def _line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
        """The next line; None when it did not come in time or the process ended."""
        assert process.stdout is not None
        end, ready = time.monotonic() + seconds, select.poll()
        ready.register(process.stdout, select.POLLIN)
        while b"\n" not in self._held:
            left = end - time.monotonic()
            if left <= 0 or not ready.poll(left * 1000):
                return None
            block = os.read(process.stdout.fileno(), 1 << 16)
            if not block:
                return None
            self._held += block
        line, _, self._held = self._held.partition(b"\n")
        return line

    def close(self) -> None:
        process, self._process, self._held = self._process, None, b""
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with_closed(pipe)


def with_closed(pipe: object) -> None:
    """Close a pipe whose other end may be gone."""
    try:
        pipe.close()  # type: ignore[attr-defined]
    except OSError:
        return


def _start() -> subprocess.Popen[bytes]:
    """No setting of the installation reaches the process: it is told all it needs with each order."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "zampa.flows.probing.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


_lock, _one = Lock(), Prober()
atexit.register(_one.close)


def ask_now(order: Order, seconds: float = SECONDS) -> Answer:
    """One look at once, for a person who waits; this process keeps one prober for it, which ends when idle."""
    with _lock:
        return _one.ask(order, seconds)
