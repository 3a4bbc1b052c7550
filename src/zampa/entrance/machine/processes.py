"""Child processes of `zampa up` and of the demo: started, watched, and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zampa.ground.errors import Unavailable


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether `url` answers with a status below 500 now."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - our own loopback address
            return int(answer.status) < 500
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500
    except OSError:
        return False


def wait_for(ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Unavailable when `ready` is still false after `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise Unavailable("machine.process.not_ready", what=what, seconds=int(seconds))
        time.sleep(0.05)


@dataclass
class Processes:
    """Named children, each with a log file in `logs`. The environment is ours plus `environment`."""

    logs: Path
    environment: Mapping[str, str]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str, extra: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start `python -m` command; its output goes to logs/NAME.log."""
        self.logs.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, **self.environment, **(extra or {})}
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *command],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        self.children[name] = child
        return child

    def run(self, *command: str, extra: Mapping[str, str] | None = None) -> str:
        """Run `python -m` command to its end; what it printed. Unavailable with its last lines if it fails."""
        environment = {**os.environ, **self.environment, **(extra or {})}
        done = subprocess.run(
            [sys.executable, "-m", *command], capture_output=True, text=True, env=environment, check=False
        )
        if done.returncode != 0:
            raise Unavailable("machine.process.failed", command=" ".join(command), said=done.stderr[-1500:])
        return done.stdout

    def dead(self) -> str | None:
        """The name of a child that ended, if any did."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def stop(self, seconds: float = 10.0) -> None:
        """Ask every child to end, last started first; after `seconds` insist."""
        for child in reversed(self.children.values()):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        end = time.monotonic() + seconds
        for child in reversed(self.children.values()):
            try:
                child.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.children.clear()


def stop_by_pid_file(path: Path, seconds: float = 20.0) -> None:
    """End the process a pid file names, if it still is one of ours, and remove the file."""
    try:
        pid = int(path.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        path.unlink(missing_ok=True)
        return
    if b"zampa" in command:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + seconds
        while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
            time.sleep(0.1)
    path.unlink(missing_ok=True)
