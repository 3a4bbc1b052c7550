"""This machine's copy: where it lies, made anew from the whole database, brought up to what changed since.

A build reads and cuts the texts in processes of their own, because both are work for a processor; one process writes.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from zampa.catalogue.search import feed, reading
from zampa.ground.clock import utc_now
from zampa.index.copies import Copy, Writer, mark_of, state_of
from zampa.index.entries import document

STRETCH = 4_000  # entries a process reads at once
AT_ONCE = 2_000  # changed entries of one commit
AHEAD = 3  # stretches read but not yet written, for each process
Told = Callable[[int], None]


class Built(NamedTuple):
    entries: int
    seconds: float


@cache
def _copy(folder: Path) -> Copy:
    return Copy(folder)


def here() -> Copy:
    """The copy of this machine."""
    return _copy(Path(settings.ZAMPA_INDEX_DIR))


def rebuild(*, processes: int = 0, address: str = "", told: Told | None = None) -> Built:
    """Make the copy anew and put it in the place of the old one, which answers until then.

    `processes` > 0 reads and cuts beside this one, over connections of their own to `address`; 0: here, in the
    transaction that is open. `told` hears how many entries are in, now and then.
    """
    started = utc_now()
    mark = feed.number_changes()
    made = here().begin()
    count = 0
    try:
        for stretch in documents(processes, address):
            for one in stretch:
                made.writer.put_new(one)
            count += len(stretch)
            if told is not None:
                told(count)
        made.finish(mark)
    except BaseException:
        made.give_up()
        raise
    return Built(count, (utc_now() - started).total_seconds())


def documents(processes: int, address: str) -> Iterator[list[str]]:
    """The whole catalogue as documents, stretch by stretch."""
    stretches = feed.stretches(STRETCH)
    if not processes:
        for first, beyond in stretches:
            yield [document(one) for one in feed.entries_between(first, beyond)]
        return
    started_anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=started_anew) as pool:
        waiting: deque[Future[list[str]]] = deque()
        for first, beyond in stretches:
            waiting.append(pool.submit(reading.cut, address, first, beyond, feed.OPEN["open"]))
            if len(waiting) > processes * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def catch_up(writer: Writer, mark: int) -> int:
    """Take in everything committed after `mark`; the mark it stands at now."""
    if feed.number_changes() <= mark:
        return mark
    while (step := feed.step_after(mark, AT_ONCE)) is not None:
        for key, entry in step.entries.items():
            if entry is None:
                writer.drop(key)
            else:
                writer.put(key, document(entry))
        writer.commit(step.mark)
        mark = step.mark
    return mark


class Compared(NamedTuple):
    """The index beside the database: entries and the sum of their stamps. `settled`: nothing changed meanwhile and
    nothing waits to be taken in, so a difference is a fault."""

    here: tuple[int, int]
    there: tuple[int, int]
    settled: bool

    @property
    def same(self) -> bool:
        return self.here == self.there


def compare() -> Compared:
    """Whether the copy says what the database says. Unavailable while there is no copy."""
    before = feed.number_changes()
    view = here().view()
    there = feed.summed()
    return Compared(state_of(view), there, mark_of(view) == before == feed.number_changes())
