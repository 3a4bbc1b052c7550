"""`zampa doctor`: each thing an installation needs, whether it is there, and how to mend it."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from zampa.approvals import queries as approvals
from zampa.entrance import options
from zampa.entrance.machine.processes import answers
from zampa.exchange import queries as exchange
from zampa.ground.clock import utc_now
from zampa.identity import queries as identity
from zampa.ledger import queries as ledger

LEAST_POSTGRESQL = 150_000
LEAST_SPACE = 2 * 2**30
LATE = timedelta(seconds=10)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `mend` says what to do; empty when all is well."""

    what: str
    well: bool
    said: str
    mend: str = ""


def _python() -> Finding:
    version = sys.version_info
    well = (3, 11) <= version[:2] <= (3, 13)
    return Finding(
        "Python",
        well,
        f"{version.major}.{version.minor}.{version.micro}",
        "" if well else "Install CPython 3.11, 3.12 or 3.13.",
    )


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
    except DatabaseError as failure:
        said = str(failure).strip().splitlines()[0]
        return Finding(
            "database", False, said, "Start PostgreSQL, or mend the address and password in ZAMPA_DATABASE_URL."
        )
    well = number >= LEAST_POSTGRESQL
    return Finding("database", well, f"PostgreSQL {number // 10_000}", "" if well else "Use PostgreSQL 15 or later.")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Finding(
        "tables",
        not waiting,
        f"{len(waiting)} migrations wait" if waiting else "up to date",
        "Run: zampa migrate" if waiting else "",
    )


def _keys() -> Finding:
    folder = Path(settings.ZAMPA_KEYS_DIR)
    master = Path(settings.ZAMPA_MASTER_KEY_FILE)
    if not master.exists():
        return Finding("keys", False, f"{master.name} is missing", "Run: zampa keys init (or put the kept key back).")
    open_to_others = [
        path.name
        for path in (*folder.iterdir(), master)
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077 and path.suffix != ".pub"
    ]
    return Finding(
        "keys",
        not open_to_others,
        "readable by others: " + ", ".join(sorted(set(open_to_others)))
        if open_to_others
        else "there, closed to others",
        "Run: chmod 600 on them." if open_to_others else "",
    )


def _space() -> Finding:
    home = Path(options.text("ZAMPA_HOME")).absolute()
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    well = free >= LEAST_SPACE
    return Finding("disk", well, f"{free / 2**30:.1f} GiB free", "" if well else "Free some space: at least 2 GiB.")


def _sequencer() -> Finding:
    waiting, oldest = ledger.waiting()
    late = oldest is not None and utc_now() - oldest > LATE
    return Finding(
        "ledger",
        not late,
        f"{waiting} records wait to be put in order",
        "The worker does not run: zampa worker" if late else "",
    )


def _administrators() -> Finding:
    missing = [post for post in ("system_admin", "security_admin", "audit_admin") if not identity.someone_holds(post)]
    return Finding(
        "administrators",
        not missing,
        "missing: " + ", ".join(missing) if missing else "all three",
        "Run: zampa enrol" if missing else "",
    )


def _deciders() -> Finding:
    thin = approvals.departments_with_few_deciders()
    return Finding(
        "people who decide",
        not thin,
        ", ".join(thin[:5]) if thin else "two or more everywhere",
        "Give a second person the post, or name a deputy." if thin else "",
    )


def _gateways() -> Finding:
    silent = exchange.silent_gateways(utc_now())
    return Finding(
        "gateways",
        not silent,
        "not heard: " + ", ".join(silent) if silent else "all heard",
        "Look at the gateway's log, and at its way to the centre." if silent else "",
    )


def _processes() -> Finding:
    address = options.text("ZAMPA_ADDRESS")
    well = answers(f"http://{address}/healthz")
    return Finding(
        "web",
        well,
        f"http://{address} {'answers' if well else 'does not answer'}",
        "" if well else "Run: zampa web (or zampa up)",
    )


LOOKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _database,
    _migrations,
    _keys,
    _space,
    _sequencer,
    _administrators,
    _deciders,
    _gateways,
    _processes,
)


def examine() -> Iterator[Finding]:
    """Every finding in order; a look that cannot be taken because the database is away says so and goes on."""
    for look in LOOKS:
        try:
            yield look()
        except DatabaseError as failure:
            name = look.__name__.strip("_")
            yield Finding(
                name, False, f"cannot tell: {str(failure).strip().splitlines()[0]}", "Mend the database first."
            )
