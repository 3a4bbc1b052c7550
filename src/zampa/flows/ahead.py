"""Reading ahead in a thread, so that the source goes on sending while the destination takes in.

A few blocks are held at most: memory stays flat, and a slow destination holds the source back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from queue import Empty, Full, Queue
from threading import Event, Thread

BLOCKS_HELD = 8
WAIT = 0.2  # seconds between two looks at whether the taker has left


@contextmanager
def ahead(blocks: Generator[bytes]) -> Iterator[Iterator[bytes]]:
    """The same blocks, read by a thread. An error of the reader comes out where the block would have come.

    On leaving, the thread is stopped and waited for: the connection it reads from may then be used again.
    """
    queue: Queue[bytes | BaseException | None] = Queue(BLOCKS_HELD)
    left = Event()

    def put(item: bytes | BaseException | None) -> None:
        while not left.is_set():
            try:
                queue.put(item, timeout=WAIT)
                return
            except Full:
                continue

    def read() -> None:
        try:
            with closing(blocks):
                for block in blocks:
                    put(block)
                    if left.is_set():
                        break
            put(None)
        except BaseException as failure:  # handed over, raised again by the taker
            put(failure)

    def taken() -> Iterator[bytes]:
        while True:
            item = queue.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    reader = Thread(target=read, name="read-ahead", daemon=True)
    reader.start()
    try:
        yield taken()
    finally:
        left.set()
        while reader.is_alive():
            with suppress(Empty):
                queue.get_nowait()
            reader.join(WAIT)
