"""A real MariaDB for the conformance suite, from Debian's binaries: own port, own folder, stopped by its pid."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pymysql

PROGRAMS = ("mariadbd", "mariadb-install-db")


class MariadbMissing(Exception):
    """Why there is no server; the suite skips with it."""


class Mariadb:
    """One server on loopback; `root` has an empty password and is used by the suite only to make accounts."""

    def __init__(self) -> None:
        paths = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
        found = {name: shutil.which(name, path=paths) for name in PROGRAMS}
        if None in found.values():
            raise MariadbMissing("Debian's mariadb-server is not installed")
        self.server, self.installer = str(found["mariadbd"]), str(found["mariadb-install-db"])
        self.folder = Path(tempfile.mkdtemp(prefix="zampa-mariadb-"))
        self.data = self.folder / "data"
        self.data.mkdir()
        self.account = _account()
        if self.account is not None:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
            os.chown(self.data, self.account.pw_uid, self.account.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._run(
            self.installer,
            "--no-defaults",
            f"--datadir={self.data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )
        log = (self.folder / "server.log").open("wb")
        self.process = subprocess.Popen(
            self._as_account(
                self.server,
                "--no-defaults",
                f"--datadir={self.data}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--socket={self.data}/m.sock",
                "--pid-file=m.pid",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=64M",
                "--skip-log-bin",
                "--skip-name-resolve",
                "--local-infile=1",
            ),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        until = time.monotonic() + 30
        while True:
            try:
                self.root("SELECT 1")
                return
            except pymysql.err.OperationalError as failure:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise MariadbMissing(f"mariadbd did not start: {failure.args[0]}") from failure
                time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def root(self, *statements: str, database: str | None = None) -> tuple[tuple[object, ...], ...]:
        connection = pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            charset="utf8mb4",
            database=database,
            autocommit=True,
            connect_timeout=2,
        )
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return tuple(cursor.fetchall())
        finally:
            connection.close()

    def _as_account(self, *command: str) -> list[str]:
        if self.account is None:
            return list(command)
        drop = ["setpriv", f"--reuid={self.account.pw_uid}", f"--regid={self.account.pw_gid}", "--clear-groups"]
        return [*drop, *command]

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            self._as_account(*command),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise MariadbMissing(f"mariadb-install-db failed: {done.stderr[-300:]}")


def _account() -> pwd.struct_passwd | None:
    """mariadbd refuses root: then it runs as Debian's account for it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("mysql")
    except KeyError as missing:
        raise MariadbMissing("there is no account 'mysql' to run mariadbd as") from missing
