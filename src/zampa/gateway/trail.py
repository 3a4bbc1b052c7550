"""The trail: what this gateway did, written and fsynced before an answer leaves.

Append-only files of framed records, named by the number of their first record. One task batches what calls append
while the disk is busy (group commit) and answers them together, so that a thousand calls cost a few fsyncs. When the
disk fails, every call waiting is refused and so is every later one: after a failed fsync nobody knows what is stored.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from zampa.contracts.calls import TRAIL_FORMAT, TrailRecord
from zampa.gateway.frames import frame, payloads, size_of
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid, Unavailable

FILE_BYTES = 64 << 20
OLDEST_FORMAT = 1
_encode = msgspec.json.Encoder().encode
decode_record = msgspec.json.Decoder(TrailRecord).decode


class FileHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first frame of each file."""

    format: int
    gateway: str
    epoch: str
    first: int


@dataclass(frozen=True, slots=True)
class Place:
    """One durable record: its number, its file's first number, its offset there, its bytes."""

    number: int
    file: int
    offset: int
    payload: bytes


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
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trail")
        self._file = -1
        self._file_first = 0
        self._size = 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open()

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
        head = frame(_encode(FileHead(format=TRAIL_FORMAT, gateway=self.gateway, epoch=self.epoch, first=first)))
        self._file = os.open(self.path(first), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(self._file, head)
        os.fsync(self._file)
        sync_folder(self.folder)
        self._file_first, self._size = first, len(head)

    # --- writing

    def append(self, record: TrailRecord) -> asyncio.Future[None]:
        """The future is done when the record is durable; it raises Unavailable when the disk failed."""
        self._waiting.append(_encode(record))
        if self._batch is None:
            self._batch = asyncio.get_running_loop().create_future()
        batch = self._batch
        if not self._running:
            self._running = True
            asyncio.get_running_loop().call_soon(self._begin)
        return batch

    def _begin(self) -> None:
        records, batch = self._waiting, self._batch
        self._waiting, self._batch = [], None
        if batch is None:
            self._running = False
            return
        written = asyncio.get_running_loop().run_in_executor(self._thread, self._write, records)
        written.add_done_callback(lambda done: self._end(done, batch))

    def _end(self, written: asyncio.Future[list[Place]], batch: asyncio.Future[None]) -> None:
        error = written.exception()
        if error is None:
            self.fresh.extend(written.result())
            batch.set_result(None)
        else:
            self.failed = self.failed or type(error).__name__
            batch.set_exception(Unavailable("gateway.trail.not_durable"))
            batch.exception()  # seen here, so that a call that went away leaves no warning
        self._begin()

    def _write(self, records: list[bytes]) -> list[Place]:
        if self.failed:
            raise OSError(self.failed)
        if self._size >= FILE_BYTES:
            self._new_file(self.next)
        places, parts, offset = [], [], self._size
        for number, payload in enumerate(records, self.next):
            part = frame(payload)
            places.append(Place(number, self._file_first, offset, payload))
            parts.append(part)
            offset += len(part)
        data = memoryview(b"".join(parts))
        while data:
            data = data[os.write(self._file, data) :]
        os.fdatasync(self._file)
        self._size, self.next = offset, self.next + len(records)
        return places

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
        self._thread.shutdown(wait=True)
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
