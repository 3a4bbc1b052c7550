"""`zampa doctor`: each thing an installation needs, whether it is there, and how to mend it."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from zampa.catalogue.search import building
from zampa.contracts.actors import SYSTEM, Post
from zampa.entrance import options
from zampa.entrance.machine.processes import answers
from zampa.exchange import queries as exchange
from zampa.exchange.acts.restores import silent_witnesses
from zampa.ground.clock import utc_now
from zampa.ground.errors import Unavailable
from zampa.identity import queries as identity
from zampa.ledger import queries as ledger
from zampa.ledger import restores

LEAST_POSTGRESQL = 150_000
LEAST_SPACE = 2 * 2**30
LATE = timedelta(seconds=10)
ADMINISTRATORS: tuple[Post, ...] = ("system_admin", "security_admin", "audit_admin")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `mend` says what to do; empty when all is well."""

    what: str
    well: bool
    said: str
    mend: str = ""


def _python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    well = (3, 11) <= version <= (3, 13)
    return Finding(
        "Python",
        well,
        f"{version[0]}.{version[1]}",
        "" if well else "Install CPython 3.11, 3.12 or 3.13.",
    )


def _database(least: int = LEAST_POSTGRESQL) -> Finding:
    """Past the pool, which would wait long for a server that is not there."""
    try:
        with psycopg.connect(options.text("ZAMPA_DATABASE_URL"), connect_timeout=3) as there:
            number = there.info.server_version
    except psycopg.Error as failure:
        said = (str(failure).strip() or "it does not answer").splitlines()[0]
        return Finding(
            "database", False, said, "Start PostgreSQL, or mend the address and password in ZAMPA_DATABASE_URL."
        )
    well = number >= least
    mend = "" if well else f"Use PostgreSQL {least // 10_000} or later."
    return Finding("database", well, f"PostgreSQL {number // 10_000}", mend)


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
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077 and path.suffix != ".anchors"
    ]
    return Finding(
        "keys",
        not open_to_others,
        "readable by others: " + ", ".join(sorted(set(open_to_others)))
        if open_to_others
        else "there, closed to others",
        "Run: chmod 600 on them." if open_to_others else "",
    )


def _space(least: int = LEAST_SPACE) -> Finding:
    home = Path(options.text("ZAMPA_HOME")).absolute()
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    well = free >= least
    return Finding("disk", well, f"{free / 2**30:.1f} GiB free", "" if well else "Free some space: at least 2 GiB.")


def _restored() -> Finding:
    held = restores.waiting()
    if held is None:
        return Finding("restore", True, "none under way")
    silent = silent_witnesses(set(held.told))
    return Finding(
        "restore",
        False,
        f"the log is held until {', '.join(silent) or 'the worker runs'}; at the latest until {held.until:%H:%M} UTC",
        "Start web, worker and these gateways; or wait.",
    )


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
    missing = [post for post in ADMINISTRATORS if not identity.post_holders(None, post).exists()]
    return Finding(
        "administrators",
        not missing,
        "missing: " + ", ".join(missing) if missing else "all three",
        "Run: zampa enrol" if missing else "",
    )


def _deciders() -> Finding:
    live = identity.departments(SYSTEM).filter(closed_at=None)
    thin = [row.name for row in live if identity.short_of_deciders(row.pk)]
    return Finding(
        "people who decide",
        not thin,
        f"fewer than two in {len(thin)}: " + ", ".join(thin[:5]) if thin else "two or more everywhere",
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


def _index() -> Finding:
    """This machine's copy beside the database: how many entries, and the sum of their stamps."""
    try:
        told = building.compare()
    except Unavailable:
        return Finding("search index", False, "not there yet", "Start zampa web or zampa worker; they make it.")
    said = f"{told.here[0]} entries" + ("" if told.same else f", the database has {told.there[0]} or has others")
    mend = "Look again in a moment; if it stays so, run: zampa index rebuild"
    return Finding("search index", told.same, said, "" if told.same else mend)


def _processes() -> Finding:
    address = options.text("ZAMPA_ADDRESS")
    well = answers(f"http://{address}/healthz")
    return Finding(
        "web",
        well,
        f"http://{address} {'answers' if well else 'does not answer'}",
        "" if well else "Run: zampa web (or zampa up)",
    )


ALONE: tuple[Callable[[], Finding], ...] = (_python, _keys, _space, _processes)
IN_TABLES: tuple[Callable[[], Finding], ...] = (
    _restored,
    _sequencer,
    _administrators,
    _deciders,
    _gateways,
    _index,
)


def examine() -> Iterator[Finding]:
    """Every finding in order. What needs the tables is looked at only where they are there and of this version."""
    for look in ALONE:
        yield look()
    database = _database()
    yield database
    if not database.well:
        return
    tables = _migrations()
    yield tables
    for look in IN_TABLES if tables.well else ():
        try:
            yield look()
        except DatabaseError as failure:
            said = str(failure).strip().splitlines()[0]
            yield Finding(look.__name__.strip("_"), False, f"cannot tell: {said}", "Mend the database first.")
