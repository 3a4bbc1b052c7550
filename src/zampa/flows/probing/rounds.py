"""Many looks: bounded in number, fair between hosts, each with a hard end.

Hosts take turns, so that a provider with ten thousand tables does not keep another's ten waiting; at most `per_host`
looks are at one host at a time, so that one that hangs holds no more than these; and a host that was silent `SILENT`
times in a row is not asked for the rest of its tables in this round, which would only wait again.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator

from zampa.flows.probing.orders import SECONDS, Answer, Order
from zampa.flows.probing.prober import Prober

PROBERS = 6
PER_HOST = 2
SILENT = 3
SLOW_MILLISECONDS = 3_000
WAITED = frozenset({"flows.probe.too_slow", "connectors.unreachable", "connectors.timeout"})


class Turns:
    """Whose turn it is. Safe for many threads."""

    def __init__(self, orders: Iterable[Order], per_host: int = PER_HOST) -> None:
        self._waiting: dict[str, deque[Order]] = {}
        for order in orders:
            self._waiting.setdefault(order.host, deque()).append(order)
        self._circle = deque(self._waiting)
        self._busy: Counter[str] = Counter()
        self._silent: Counter[str] = Counter()
        self._per_host = per_host
        self._changed = threading.Condition()
        self.total = sum(len(rows) for rows in self._waiting.values())

    def take(self) -> tuple[Order, bool] | None:
        """The next order, and whether its host fell silent (it is then not asked); None when nothing is left."""
        with self._changed:
            while self._circle:
                for _ in range(len(self._circle)):
                    host = self._circle[0]
                    self._circle.rotate(-1)
                    silent = self._silent[host] >= SILENT
                    if not silent and self._busy[host] >= self._per_host:
                        continue
                    order = self._waiting[host].popleft()
                    if not self._waiting[host]:
                        self._circle.remove(host)
                    self._busy[host] += 1
                    return order, silent
                self._changed.wait()
            return None

    def given(self, order: Order, answer: Answer) -> None:
        """The look is over: its host is free for another."""
        waited = answer.problem in WAITED and answer.milliseconds >= SLOW_MILLISECONDS
        with self._changed:
            self._busy[order.host] -= 1
            if waited:
                self._silent[order.host] += 1
            elif answer.problem != "flows.probe.host_silent":
                self._silent[order.host] = 0
            self._changed.notify_all()

    def stop(self) -> None:
        """Nothing more is taken."""
        with self._changed:
            self._circle.clear()
            self._changed.notify_all()


def look_at_all(
    orders: Iterable[Order], *, probers: int = PROBERS, per_host: int = PER_HOST, seconds: float = SECONDS
) -> Iterator[Answer]:
    """Every order's answer as it comes. Leaving the iteration early ends the probers."""
    turns = Turns(orders, per_host)
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_work, args=(turns, answers, seconds), name=f"prober-{number}", daemon=True)
        for number in range(max(1, min(probers, turns.total)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(turns.total):
            yield answers.get()
    finally:
        turns.stop()
        for thread in threads:
            thread.join(seconds + 5)


def _work(turns: Turns, answers: queue.SimpleQueue[Answer], seconds: float) -> None:
    prober = Prober()
    try:
        while (taken := turns.take()) is not None:
            order, silent = taken
            if silent:
                answer = Answer(key=order.key, problem="flows.probe.host_silent", params={"host": order.host})
            else:
                answer = prober.ask(order, seconds)
            turns.given(order, answer)
            answers.put(answer)
    finally:
        prober.close()
