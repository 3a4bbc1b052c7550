"""The part of `ledger_append` that runs with Django, in a process of its own (see ledger.py)."""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from uuid import UUID

from django.core.management import call_command

from zampa.contracts.actors import Actor, Subject
from zampa.ground.ids import new_id
from zampa.ledger import models, queries, sequencer
from zampa.ledger.acts import Entry, enter_many

CLERK = Actor(kind="person", id=str(new_id()), name="卓玛", department=str(new_id()))
PARTIES = (str(new_id()), str(new_id()))


def append(seconds: float, repeats: int, batch: int) -> dict[str, float]:
    call_command("migrate", "ledger", verbosity=0)
    stop = threading.Event()
    loop = threading.Thread(target=sequencer.run_forever, args=(stop,))
    loop.start()
    rates, slowest, total, begun = [], 0.0, 0, time.time()
    try:
        for _ in range(repeats):
            before, started = queries.log_size(), time.perf_counter()
            count = _fill(seconds / repeats, batch)
            committed, total = time.perf_counter(), total + count
            while queries.log_size() < before + count:
                time.sleep(0.01)
            slowest = max(slowest, time.perf_counter() - committed)
            rates.append(count / (time.perf_counter() - started))
        checkpoints = models.Checkpoint.objects.count()
        every = (time.time() - begun) / checkpoints
        ids = list(models.Record.objects.order_by("id").values_list("id", flat=True)[:: max(1, total // 200)])
        times = [_proof(id_) for id_ in ids]
    finally:
        stop.set()
        loop.join()
    row = models.Record.objects.select_related("body").first()
    assert row is not None
    size = len(row.leaf.encode()) + len(row.body.content.encode()) + 32
    return {
        "rate": statistics.median(rates), "checkpoint_every": every, "slowest": slowest, "records": total,
        "bytes_each": size, "proof_ms": statistics.median(times),
    }  # fmt: skip


def _proof(id_: UUID) -> float:
    """Milliseconds of one proof."""
    started = time.perf_counter()
    queries.proof_of(id_)
    return (time.perf_counter() - started) * 1000


def _fill(seconds: float, batch: int) -> int:
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        enter_many([
            Entry(
                event="exchange:segment:taken_in", by=CLERK, parties=PARTIES, regions=("540000",),
                subject=Subject("exchange.gateway", str(count + n), "网关"),
                facts={"root": "x" * 43, "first": count + n, "count": 10_000},
            )
            for n in range(batch)
        ])  # fmt: skip
        count += batch
    return count


if __name__ == "__main__":
    print(json.dumps(append(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
