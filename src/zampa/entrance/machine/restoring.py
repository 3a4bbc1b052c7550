"""`zampa restore`: an archive comes back whole or not at all, and the log does not pretend that nothing happened.

What was done after the archive was made is gone from this database, but others saw it signed: the archive's manifest,
the database that is replaced, a checkpoint an auditor kept, the gateways. The log is held until the gateways in use
have spoken (or the wait is over) and then opens a new epoch that names the gap. The calls made meanwhile come back
from the gateways' trails by themselves; grants and revocations of that time do not: people must look at them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from zampa.contracts.book import Signed
from zampa.entrance import options
from zampa.entrance.machine.archives import read_manifest, unpack_archive
from zampa.evidence.checkpoints import EpochStatement, read_checkpoint
from zampa.exchange.acts.restores import silent_witnesses
from zampa.ground.errors import Conflict, NotValid
from zampa.ledger import queries as ledger
from zampa.ledger import restores
from zampa.ledger.sequencer import LOCK


@dataclass(frozen=True)
class Restored:
    """What came back: the archive's moment, the size of its log, what it waits for, or the epoch it opened."""

    at: str
    records: int
    waits_for: list[str]
    minutes: int
    epoch: EpochStatement | None

    def lines(self) -> Iterator[str]:
        """What the operator reads."""
        yield f"The state of {self.at} is back: {self.records} records in the log."
        yield "What people decided after that moment is gone; look at grants, revocations and keys of that time again."
        if self.epoch is not None:
            yield f"The log goes on in epoch {self.epoch.epoch}."
            return
        yield f"The log is held until these gateways have said what they hold: {', '.join(self.waits_for)}."
        yield f"After {self.minutes} minutes it goes on without those that stay silent. Start web and worker now."


def restore(
    *, source: Path, replace: bool, checkpoints: Iterable[Path], wait: timedelta, migrate: Callable[[], object]
) -> Restored:
    """Bring an archive back. NotValid: not ours or unreadable; Conflict: something is there and `replace` was not said.

    `migrate` brings an archive of the version before to this one.
    """
    manifest = read_manifest(source)
    if manifest.get("installation") != settings.ZAMPA_INSTALLATION:
        raise NotValid("machine.archive.other_installation", found=str(manifest.get("installation")))
    known = [_read(path) for path in checkpoints]
    with _sequencer_out():
        before = _present()
        if before is not None and not replace:
            raise Conflict("machine.archive.database_not_empty")
        unpack_archive(
            source=source,
            url=options.text("ZAMPA_DATABASE_URL"),
            files=Path(settings.ZAMPA_FILES_DIR),
            keys=Path(settings.ZAMPA_KEYS_DIR),
            replace=replace,
        )
        migrate()
        records = ledger.log_size()
        known += [signed for signed in (_of_manifest(manifest), before) if signed is not None]
        held = restores.begin(known, wait)
    silent = silent_witnesses(set(held.told))
    epoch = None if silent else restores.end()
    return Restored(str(manifest["at"]), records, silent, int(wait.total_seconds() // 60), epoch)


@contextmanager
def _sequencer_out() -> Iterator[None]:
    """No sequencer signs between the return of the old state and the hold on it. The lock survives dropped tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _present() -> Signed | None:
    """The newest checkpoint of the database that is there; None when there is none."""
    with suppress(DatabaseError), transaction.atomic():
        return ledger.latest_checkpoint()
    return None


def _of_manifest(manifest: dict[str, object]) -> Signed | None:
    told = manifest.get("checkpoint")
    return msgspec.convert(told, Signed) if told else None


def _read(path: Path) -> Signed:
    try:
        signed = msgspec.json.decode(path.read_bytes(), type=Signed)
    except (OSError, msgspec.DecodeError) as error:
        raise NotValid("machine.archive.checkpoint", path=path.name) from error
    read_checkpoint(signed)
    return signed
