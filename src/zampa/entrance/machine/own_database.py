"""Commands on an installation whose database is the embedded one: it runs for as long as the command does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from zampa.entrance import options
from zampa.entrance.machine.postgres import EmbeddedPostgres


def there() -> bool:
    """Whether this home has an embedded database, running or not."""
    return _database().exists()


def _database() -> EmbeddedPostgres:
    return EmbeddedPostgres(Path(options.text("ZAMPA_HOME")).absolute() / "postgres")


def run_beside(arguments: Sequence[str]) -> int:
    """Run `zampa ...` as a process of its own with the address of the embedded database; its exit status.

    Settings are read once a process, so the command is started anew. A database that ran before goes on running.
    """
    database = _database()
    ran = database.running()
    url = database.start()
    try:
        command = [sys.executable, "-m", "zampa.entrance", *arguments]
        return subprocess.run(command, env={**os.environ, "ZAMPA_DATABASE_URL": url}, check=False).returncode
    finally:
        if not ran:
            database.stop()
