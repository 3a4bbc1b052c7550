"""The trail: what this gateway did, written and fsynced before an answer leaves.

Append-only files of framed records, named by the number of their first record. One task batches what calls append
while the disk is busy (group commit) and answers them together, so that a thousand calls cost a few fsyncs. When the
disk fails, every call waiting is refused and so is every later one: after a failed fsync nobody knows what is stored.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

import msgspec

from zampa.contracts.calls import TRAIL_FORMAT, TrailRecord
from zampa.gateway.frames import frame, payloads, size_of
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid, Unavailable

FILE_BYTES = 64 << 20
FAST_SECONDS = 0.001
# On a fast disk a batch waits for company, longer where more came together last time; a lone call does not wait.
GATHER_SECONDS = 0.00005  # for each record of the batch before
GATHER_AT_MOST = 0.003
OLDEST_FORMAT = 1
_encode = msgspec.json.Encoder().encode
decode_record = msgspec.json.Decoder(TrailRecord).decode


class FileHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first frame of each file."""

    format: int
    gateway: str
    epoch: str
    first: int


class Place(NamedTuple):
    """One durable record: its number, its file's first number, its offset there, its bytes."""

    number: int
    file: int
    offset: int
    payload: bytes


class Batch(NamedTuple):
    """Records written together, and the future their calls wait for."""

    places: list[Place]
    done: asyncio.Future[None]


class Trail:
    """Open one folder's trail. Not for two processes: the folder is locked by `__main__`."""

    def __init__(self, folder: Path, gateway: str) -> None:
        self.folder = folder
        self.gateway = gateway
        self.epoch = ""
        self.next = 0
        self.cut = 0
        self.failed = ""
        self.fresh: deque[Place] = deque()
        self._waiting: list[bytes] = []
        self._batch: asyncio.Future[None] | None = None
        self._running = False
        self._crowd = 0
        self._fast = False
        self._work: SimpleQueue[tuple[asyncio.AbstractEventLoop, int, bytes, Batch] | None] = SimpleQueue()
        self._thread = Thread(target=self._writer, name="trail", daemon=True)
        self._file = -1
        self._file_first = 0
        self._size = 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open()
        self._thread.start()

    # --- opening

    def files(self) -> list[int]:
        """First record numbers of the files, in order."""
        return sorted(int(path.stem[6:]) for path in self.folder.glob("trail-*.log"))

    def path(self, first: int) -> Path:
        return self.folder / f"trail-{first:015d}.log"

    def _open(self) -> None:
        files = self.files()
        while files:
            last = files[-1]
            head, end, count = self._mend(last)
            if head is not None:
                self.epoch, self.next = head.epoch, last + count
                self._file, self._file_first, self._size = os.open(self.path(last), os.O_WRONLY), last, end
                os.lseek(self._file, end, os.SEEK_SET)
                return
            files.pop()  # a file whose head never became durable holds no answered call
            self.path(last).unlink()
        self.epoch = b64(os.urandom(12))
        self._new_file(0)
        self._file_first, self._size = 0, size_of(self._head_of(0))

    def _mend(self, first: int) -> tuple[FileHead | None, int, int]:
        """Cut a torn tail off the last file, keeping what was cut beside it; head, sound end, records."""
        path = self.path(first)
        data = path.read_bytes()
        found = list(payloads(data))
        end = found[-1][0] + size_of(found[-1][1]) if found else 0
        if end < len(data):
            self.cut = len(data) - end
            path.with_suffix(".torn").write_bytes(data[end:])
            with path.open("r+b") as file:
                file.truncate(end)
                os.fsync(file.fileno())
        return (self._head(found[0][1], first) if found else None), end, len(found) - 1

    def _head(self, payload: bytes, first: int) -> FileHead:
        head = msgspec.json.decode(payload, type=FileHead)
        if not OLDEST_FORMAT <= head.format <= TRAIL_FORMAT:
            raise NotValid("gateway.trail.format", format=head.format)
        if head.first != first or head.gateway != self.gateway:
            raise Conflict("gateway.trail.foreign", file=self.path(first).name)
        return head

    def _new_file(self, first: int) -> None:
        if self._file >= 0:
            os.close(self._file)
        head = frame(self._head_of(first))
        self._file = os.open(self.path(first), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(self._file, head)
        os.fsync(self._file)
        sync_folder(self.folder)

    def _head_of(self, first: int) -> bytes:
        return _encode(FileHead(format=TRAIL_FORMAT, gateway=self.gateway, epoch=self.epoch, first=first))

    # --- writing

    def append(self, record: TrailRecord) -> asyncio.Future[None]:
        """The future is done when the record is durable; it raises Unavailable when the disk failed."""
        loop = asyncio.get_running_loop()
        self._waiting.append(_encode(record))
        batch = self._batch
        if batch is None:
            batch = self._batch = loop.create_future()
        if not self._running:
            self._running = True
            loop.call_later(self._patience(), self._begin)
        return batch

    def _patience(self) -> float:
        """Seconds until the next batch is handed over."""
        return min(self._crowd * GATHER_SECONDS, GATHER_AT_MOST) if self._crowd > 1 and self._fast else 0.0

    def _begin(self) -> None:
        """Hand what waits to the writing thread, numbered and framed."""
        records, batch = self._waiting, self._batch
        self._waiting, self._batch = [], None
        if batch is None:
            self._running = False
            return
        self._crowd = len(records)
        first = -1
        if self._size >= FILE_BYTES:
            first = self._file_first = self.next
            self._size = size_of(self._head_of(first))
        places, parts, offset = [], [], self._size
        for number, payload in enumerate(records, self.next):
            places.append(Place(number, self._file_first, offset, payload))
            part = frame(payload)
            parts.append(part)
            offset += len(part)
        self._size, self.next = offset, self.next + len(records)
        self._work.put((asyncio.get_running_loop(), first, b"".join(parts), Batch(places, batch)))

    def _writer(self) -> None:
        """The thread: write, fsync, tell. After the first failure nothing is written any more."""
        while (work := self._work.get()) is not None:
            loop, first, data, batch = work
            error = ""
            began = time.perf_counter()
            try:
                self._write(first, data)
            except OSError as failure:
                error = self.failed or type(failure).__name__
            self._fast = time.perf_counter() - began < FAST_SECONDS
            loop.call_soon_threadsafe(self._end, batch, error)

    def _write(self, first: int, data: bytes) -> None:
        if self.failed:
            raise OSError(self.failed)
        try:
            if first >= 0:
                self._new_file(first)
            view = memoryview(data)
            while view:
                view = view[os.write(self._file, view) :]
            os.fdatasync(self._file)
        except OSError as failure:
            self.failed = type(failure).__name__
            raise

    def _end(self, batch: Batch, error: str) -> None:
        if error:
            batch.done.set_exception(Unavailable("gateway.trail.not_durable"))
            batch.done.exception()  # seen here, so that a call that went away leaves no warning
        else:
            self.fresh.extend(batch.places)
            batch.done.set_result(None)
        pause = self._patience() if self._batch is not None else 0.0
        if pause:
            asyncio.get_running_loop().call_later(pause, self._begin)
        else:
            self._begin()

    # --- reading

    def read(self, file: int, offset: int = 0) -> Iterator[Place]:
        """The records of one file from a frame's offset, or all of them."""
        data = self.path(file).read_bytes()
        number = file
        for index, (place, payload) in enumerate(payloads(data, offset)):
            if offset == 0 and index == 0:
                self._head(payload, file)
                continue
            yield Place(number, file, place, payload)
            number += 1

    def since(self, moment: float) -> Iterator[Place]:
        """Records of the files last written at or after `moment` (seconds), in order."""
        for first in self.files():
            if self.path(first).stat().st_mtime >= moment:
                yield from self.read(first)

    def close(self) -> None:
        """Wait for what is being written, then close."""
        self._work.put(None)
        self._thread.join()
        os.close(self._file)
        self._file = -1


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a small file whole: a reader sees the old or the new one, and the new one survives a crash."""
    beside = path.with_name(f".{path.name}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    beside.replace(path)
    sync_folder(path.parent)
