"""The process a look runs in: orders come in as lines, answers go out as lines. It knows no database of ours.

It ends when its parent closes the pipe, after `IDLE` seconds without an order, and by its own alarm when a look goes
on long after the parent should have ended it (the parent was killed).
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator

import msgspec

from zampa.flows.probing.looking import look
from zampa.flows.probing.orders import SECONDS, Answer, Order

IDLE = 120
LONGEST = int(SECONDS * 3)


def main() -> None:
    orders = msgspec.json.Decoder(Order)
    source, sink = sys.stdin.fileno(), sys.stdout.buffer
    held = b""
    while True:
        signal.alarm(0)
        while b"\n" not in held:
            ready, _, _ = select.select([source], [], [], IDLE)
            block = os.read(source, 1 << 16) if ready else b""
            if not block:
                return
            held += block
        line, _, held = held.partition(b"\n")
        signal.alarm(LONGEST)
        order = orders.decode(line)
        for answer in answers_to(order):
            sink.write(msgspec.json.encode(answer) + b"\n")
            sink.flush()


def answers_to(order: Order) -> Iterator[Answer]:
    """The look's answers; a driver's own fault ends the look with a code, not the process."""
    try:
        yield from look(order)
    except Exception as error:
        yield Answer(key=order.key, problem="flows.probe.broke_off", params={"why": type(error).__name__})


if __name__ == "__main__":
    main()
