"""What a run hands to `flows`: endpoints with their secrets, the mask key, where a file goes, and ears for progress."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec
from django.conf import settings

from zampa.catalogue import queries as catalogue
from zampa.census import queries as census
from zampa.census.secrets import master_key
from zampa.connectors.addresses import AddressPolicy
from zampa.contracts.deliveries import DeliverySpec, Endpoint, mask_key_at_rest
from zampa.contracts.schemas import TableRef
from zampa.evidence import seals
from zampa.flows.pipeline import move
from zampa.flows.watching import MoveResult, Progress
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict
from zampa.runs import queries
from zampa.runs.acts import quarantine
from zampa.runs.models import Run

READ = 1 << 20


def move_rows(run: Run) -> MoveResult:
    """Carry the spec out; the errors of connectors and flows come out as they are."""
    spec = queries.spec_of(run)
    if not run.grant_live:
        raise Conflict("runs.run.grant_not_live")
    attachment = catalogue.live_attachment(spec.resource)
    if attachment is None or str(attachment.connection_id) != spec.source_connection:
        raise Conflict("runs.run.nothing_attached")
    source = census.endpoint_of(spec.source_connection)
    spec, destination, policy = _destination(run, spec)
    return move(
        spec,
        source,
        destination,
        mask_key=_mask_key(spec),
        salt=os.urandom(32),
        on_progress=lambda progress: _tell(run, progress),
        on_bad_rows=quarantine.sink(run),
        cancelled=lambda: Run.objects.filter(pk=run.pk, cancel_asked_at__isnull=False).exists(),
        policy=census.address_policy(spec.source_connection),
        destination_policy=policy,
    )


def _destination(run: Run, spec: DeliverySpec) -> tuple[DeliverySpec, Endpoint, AddressPolicy]:
    if spec.mode == "table":
        endpoint = census.endpoint_of(spec.destination_connection)
        return spec, endpoint, census.address_policy(spec.destination_connection)
    folder = folder_of(run)
    drop_files(run)
    folder.mkdir(parents=True)
    name = f"{spec.mark.delivery if spec.mark else run.pk}.{spec.file_format}"
    told = msgspec.structs.replace(spec, destination_table=TableRef(name=name, kind="file"))
    endpoint = Endpoint(engine=spec.file_format or "csv", folder=str(folder))
    return told, endpoint, AddressPolicy(folders=(folder,))


def _mask_key(spec: DeliverySpec) -> bytes:
    if not spec.sealed_mask_key:
        return b""
    return seals.unseal(master_key(), spec.sealed_mask_key, mask_key_at_rest(spec.grant))


def _tell(run: Run, progress: Progress) -> None:
    Run.objects.filter(pk=run.pk).update(
        phase=progress.phase, rows_read=progress.rows_read, rows_written=progress.rows_written,
        rows_bad=progress.rows_bad, rate=progress.rate, heard_at=utc_now(),
    )


def folder_of(run: Run) -> Path:
    """Where the files of a run lie; nothing else is ever put there."""
    return Path(settings.ZAMPA_FILES_DIR) / "deliveries" / str(run.pk)


def drop_files(run: Run) -> None:
    shutil.rmtree(folder_of(run), ignore_errors=True)


def files_of(run: Run) -> list[dict[str, object]]:
    """Every file of a file delivery with its size and SHA-256, read back from the disk, the data file first."""
    if run.mode != Run.Mode.FILE:
        return []
    spec = queries.spec_of(run)
    found = sorted(
        (path for path in folder_of(run).iterdir() if path.is_file()),
        key=lambda path: (path.suffix != f".{spec.file_format}", path.name),
    )
    return [{"name": path.name, "bytes": path.stat().st_size, "sha256": _sha256(path)} for path in found]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(READ):
            digest.update(block)
    return digest.hexdigest()
