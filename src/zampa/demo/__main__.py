"""`make demo`: a fresh installation in .demo/, the story told step by step, then the portal stays up.

Everything lives in .demo/ and nothing else is touched. An earlier demo is stopped by its pid file and its folder
is emptied, so that each demo starts clean. A database address in the environment is refused: the demo would fill
somebody's real installation with made-up people.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HOME = Path(".demo").absolute()
READY_SECONDS = 60


def free_ports(count: int, preferred: tuple[int, ...]) -> list[int]:
    """The preferred loopback ports where free, else any."""
    ports: list[int] = []
    for wanted in preferred[:count]:
        for port in (wanted, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                ports.append(int(probe.getsockname()[1]))
                break
    return ports


def environment(home: Path) -> dict[str, str]:
    """Settings of the demo's own installation: loopback providers and a second factor that is not forced."""
    web, gateway = free_ports(2, (8080, 8090))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZAMPA_")}
    return kept | {
        "ZAMPA_HOME": str(home),
        "ZAMPA_ADDRESS": f"127.0.0.1:{web}",
        "ZAMPA_GATEWAY_ADDRESS": f"127.0.0.1:{gateway}",
        "ZAMPA_INSTALLATION": "zampa-demo",
        "ZAMPA_SECOND_FACTOR": "optional",
        "ZAMPA_ALLOW_LOOPBACK": "yes",
        "DJANGO_SETTINGS_MODULE": "zampa.entrance.settings",
    }


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status < 500)
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500
    except OSError:
        return False


def stop_earlier(home: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "zampa.entrance.machine.up", "--stop"],
        env=os.environ | {"ZAMPA_HOME": str(home)},
        check=True,
    )


def start_up(home: Path, values: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start `zampa up` in the background and wait until portal and gateway answer."""
    home.mkdir(exist_ok=True)
    log = home / "up.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "zampa.entrance.machine.up"],
            env=values,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    end = time.monotonic() + READY_SECONDS
    ready = home / "ready"
    while not ready.exists():
        if child.poll() is not None or time.monotonic() > end:
            child.terminate()
            sys.exit(f"zampa demo: the installation did not start; {log} says:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
    return child


def tell(home: Path, values: dict[str, str]) -> int:
    """The story runs as a process of its own, as a person with a terminal would use the installation."""
    address = (home / "database-url").read_text().strip()
    done = subprocess.run(
        [sys.executable, "-m", "zampa.demo.story"], env=values | {"ZAMPA_DATABASE_URL": address}, check=False
    )
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="zampa demo", description="Two departments share real rows over the bridge.")
    parser.add_argument("--once", action="store_true", help="end after the story, leaving nothing running")
    given = parser.parse_args()
    if os.environ.get("ZAMPA_DATABASE_URL"):
        sys.stderr.write(
            "zampa demo: ZAMPA_DATABASE_URL is set. The demo fills an installation of its own with "
            "made-up people and will not touch yours; unset it and try again.\n"
        )
        return 2
    stop_earlier(HOME)
    shutil.rmtree(HOME, ignore_errors=True)
    values = environment(HOME)
    child = start_up(HOME, values)
    code = 1
    try:
        code = tell(HOME, values)
    finally:
        if given.once or code != 0:
            child.terminate()
            child.wait(timeout=60)
    if not given.once and code == 0:
        print(
            f"\nThe portal stays up at http://{values['ZAMPA_ADDRESS']} until the next `make demo`, or: "
            f"kill {child.pid}"
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
