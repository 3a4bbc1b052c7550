"""The ledger's two promises: records kept durably through the batch path, and an exported log checked.

`ledger_append` runs on an embedded PostgreSQL of its own with fsync on: one process enters batches by COPY, each batch
its own committed transaction, while a second thread sequences and signs as the worker does. Only records that a signed
checkpoint covers count. The peer is psycopg's COPY of the same bytes into a table of the same shape without index.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from zampa.entrance.machine.postgres import EmbeddedPostgres

Figure = dict[str, object]
SECONDS = 12
REPEATS = 3
BATCH = 1000
VERIFIED = 400_000
ROOT = Path(__file__).resolve().parent.parent


def ledger_append() -> list[Figure]:
    """Records a second, entered, committed, ordered and covered by a signed checkpoint; median of repeats."""
    with tempfile.TemporaryDirectory(prefix="zampa-bench-") as scratch:
        server = EmbeddedPostgres(Path(scratch) / "postgres", durable=True)
        url = server.start()
        try:
            found = _append(scratch, url)
            peer = _plain_copy(url, found["bytes_each"], found["records"])
        finally:
            server.stop("immediate")
    note = (
        f"batches of {BATCH}, fsync on; a checkpoint every {found['checkpoint_every']:.2f} s, the last record covered"
        f" {found['slowest']:.2f} s after its commit; a proof takes {found['proof_ms']:.2f} ms (median)"
    )
    return [_figure("ledger_append", found["rate"], "psycopg COPY", peer, "value >= 3000", note)]


def ledger_verify() -> list[Figure]:
    """Records a second that `zampa verify` checks in an exported file, with hashes and with bodies."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="zampa-bench-") as scratch:
        for contents in ("hashes", "bodies"):
            path, anchors = _made_log(Path(scratch), contents)
            rates = [_verify(path, anchors) for _ in range(REPEATS)]
            peer = _sha256sum(path)
            size = path.stat().st_size / 2**20
            note = f"{VERIFIED:,} records, both trees, {size:.0f} MiB, the whole command; median of {REPEATS}"
            name = "ledger_verify" if contents == "hashes" else "ledger_verify_bodies"
            aim = "value >= 300000" if contents == "hashes" else ""
            figures.append(_figure(name, statistics.median(rates), "sha256sum of the file", peer, aim, note))
            path.unlink()
    return figures


def _figure(name: str, value: float, peer: str, peer_value: float, aim: str, note: str) -> Figure:
    return {
        "name": name,
        "value": round(value),
        "unit": "records/s",
        "peer": peer,
        "peer_value": round(peer_value),
        "ratio": round(value / peer_value, 4),
        "aim": aim,
        "note": note,
    }


def _append(scratch: str, url: str) -> dict[str, float]:
    """Run a part in a process of its own, since Django's settings are read once a process."""
    environment = {
        **os.environ,
        "ZAMPA_HOME": str(Path(scratch) / "home"),
        "ZAMPA_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "zampa.entrance.testing",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    start = "import django, runpy; django.setup(); runpy.run_module('benchmarks.ledger_appending', run_name='__main__')"
    command = [sys.executable, "-c", start, str(SECONDS), str(REPEATS), str(BATCH)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _plain_copy(url: str, bytes_each: float, records: float) -> float:
    """Records a second of plain COPY, batch by batch, each committed."""
    row, count = b"x" * int(bytes_each) + b"\n", min(int(records), 60_000)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_plain (content text)")
        started = time.perf_counter()
        for _ in range(count // BATCH):
            with connection.cursor() as cursor, cursor.copy("COPY bench_plain FROM STDIN") as copy:
                copy.write(row * BATCH)
        return count / (time.perf_counter() - started)


def _made_log(folder: Path, contents: str) -> tuple[Path, Path]:
    command = [sys.executable, "-m", "benchmarks.ledger_log", str(folder), contents, str(VERIFIED)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=280)
    return folder / f"log-{contents}", folder / "anchors"


def _verify(path: Path, anchors: Path) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "zampa.evidence", str(path), "--trust", str(anchors)],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    return VERIFIED / (time.perf_counter() - started)


def _sha256sum(path: Path) -> float:
    rates = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run(["sha256sum", str(path)], check=True, capture_output=True)
        rates.append(VERIFIED / (time.perf_counter() - started))
    return statistics.median(rates)
