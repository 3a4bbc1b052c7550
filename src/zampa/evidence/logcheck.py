"""Verifying an exported log with nothing but the file and the anchors: only what is computed here is believed."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from zampa.contracts.book import Signed
from zampa.contracts.evidence import Checkpoint
from zampa.evidence import chunks
from zampa.evidence.checkpoints import EpochStatement, announced_key, read_checkpoint, read_epoch, root_bytes
from zampa.evidence.chunks import BLOCK, Chunk, Mark, Stretch
from zampa.evidence.envelopes import signature_holds
from zampa.evidence.logs import LogHeader, read_header
from zampa.evidence.merkle import Tree
from zampa.evidence.suites import PublicKey, key_id, sha256, sm3
from zampa.evidence.tiles import WIDTH_BITS
from zampa.evidence.verdicts import RIGHT, UNREADABLE, UNTRUSTED, Fault, Verdict
from zampa.ground.errors import NotValid

STRETCH = 4 << 20
ALONE_UP_TO = 4 * STRETCH  # a shorter file is checked before other processes would have started


def verify_log(path: Path, anchors: Iterable[PublicKey], since: Signed | None = None, processes: int = 0) -> Verdict:
    """The verdict over an exported log. `since`: a checkpoint the reader kept from before, which the log must continue.

    `processes`: 0 for as many as there are processors and the file is worth.
    """
    try:
        with path.open("rb") as file:
            header = read_header(file.readline(1 << 20))
            begin = file.tell()
        reader = _Reader(header, tuple(anchors), since)
        for chunk in _chunks(path, begin, reader, processes):
            reader.take(chunk)
        return reader.finish()
    except Fault as fault:
        return fault.verdict()
    except NotValid as error:
        params = {name: str(value) for name, value in error.params.items()}
        return Verdict(exit=UNREADABLE, problem=error.code.removeprefix("evidence."), params=params)


def _chunks(path: Path, begin: int, reader: _Reader, processes: int) -> Iterator[Chunk]:
    size = path.stat().st_size
    stretches = list(_stretches(path, begin, size, reader))
    workers = processes or min(os.cpu_count() or 1, len(stretches))
    if workers <= 1 or (not processes and size <= ALONE_UP_TO):
        yield from map(chunks.check, stretches)
        return
    # Started anew: a copy of a process whose threads (an index, an engine) hold locks just now would wait for ever.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(chunks.check, stretches)


def _stretches(path: Path, begin: int, size: int, reader: _Reader) -> Iterator[Stretch]:
    """The file cut at ends of lines."""
    with path.open("rb") as file:
        start = begin
        while start < size:
            file.seek(min(start + STRETCH, size))
            file.readline()
            end = min(max(file.tell(), start + 1), size)
            yield Stretch(path, start, end, reader.header.contents == "bodies", reader.twinned, reader.declared)
            start = end


class _Reader:
    """Joins the stretches: grows both trees and holds every signed state against them."""

    def __init__(self, header: LogHeader, anchors: tuple[PublicKey, ...], since: Signed | None) -> None:
        self.header = header
        said = [PublicKey.parse(text) for text in header.keys]
        self.declared = tuple({key_id(key): key for key in (*said, *anchors)}.values())
        self._trusted = {key_id(key): (key, 0) for key in anchors}
        self._tree, self._twin = Tree(sha256), Tree(sm3)
        self._last: Checkpoint | None = None
        self._epoch, self._checkpoints, self._deleted = 0, 0, 0
        self._signers: list[str] = []
        self._believed = 0
        self._strangers: list[tuple[int, int]] = []
        self._notes: list[tuple[str, dict[str, str]]] = []
        self._since = read_checkpoint(since) if since is not None else None
        self._since_done = self._since is None
        self.twinned = header.format > 0

    def take(self, chunk: Chunk) -> None:
        """The next stretch; Fault at the first thing wrong, in the order of the log."""
        expected = self._tree.size
        if chunk.first is not None and chunk.first != expected:
            raise Fault("log.number", expected, found=chunk.first)
        done = 0
        for mark in chunk.marks:
            self._grow(chunk, done, mark.after)
            done = mark.after
            self._state(mark)
        self._grow(chunk, done, len(chunk.leaves))
        self._deleted += chunk.deleted
        if chunk.fault is not None:
            problem, record, params = chunk.fault
            raise Fault(problem, self._tree.size if record is None else record, None, **params)

    def _grow(self, chunk: Chunk, start: int, end: int) -> None:
        """Add leaves [start, end) of the stretch; stops at the size of --since to compare."""
        if self._since is not None and not self._since_done:
            stop = start + self._since.size - self._tree.size
            if start <= stop <= end:
                self._add(chunk, start, stop)
                self._meet_since(self._since)
                start = stop
        self._add(chunk, start, end)

    def _add(self, chunk: Chunk, start: int, end: int) -> None:
        at = start
        while at < end:
            block = chunk.blocks.get(at) if at + BLOCK <= end else None
            if block is not None:
                self._tree.graft(WIDTH_BITS, block[0])
                if self.twinned:
                    self._twin.graft(WIDTH_BITS, block[1])
                at += BLOCK
                continue
            self._tree.append(chunk.leaves[at])
            if self.twinned:
                self._twin.append(chunk.twins[at])
            at += 1

    def _state(self, mark: Mark) -> None:
        if mark.epoch:
            self._open_epoch(mark)
        else:
            self._checkpoint(mark)

    def _checkpoint(self, mark: Mark) -> None:
        size = self._tree.size
        since = self._last.size if self._last else 0
        until = max(since, size - 1)
        try:
            found = read_checkpoint(mark.signed)
        except NotValid as error:
            raise Fault("log.checkpoint", since, until, why="malformed") from error
        if mark.held is False:
            raise Fault("log.signature", since, until, size=found.size)
        if found.size > size:
            raise Fault("log.missing", size, found.size - 1, size=found.size)
        if found.size < size or found.origin != self.header.origin or found.epoch != self._epoch:
            raise Fault("log.checkpoint", since, until, why=f"{found.origin} {found.epoch}/{found.size}")
        if self._last is not None and found.at < self._last.at:
            raise Fault("log.checkpoint", since, until, why=found.at)
        self._roots(found, since, until)
        self._believe(mark, found)
        self._last = found
        self._checkpoints += 1

    def _roots(self, found: Checkpoint, since: int, until: int) -> None:
        """The signed roots against the computed ones; what differs lies after the checkpoint before."""
        try:
            if root_bytes(found.root) != self._tree.root():
                raise Fault("log.root", since, until)
            if self.twinned and found.twin_root and root_bytes(found.twin_root, "sm3") != self._twin.root():
                raise Fault("log.twin", since, until)
        except NotValid as error:
            raise Fault("log.checkpoint", since, until, why="root") from error

    def _trusts(self, mark: Mark, size: int) -> bool:
        """Whether a key trusted at this size signed; Fault when it is named and did not sign."""
        key, from_size = self._trusted.get(mark.signed.key_id, (None, 0))
        if key is None or size < from_size:
            return False
        if not (mark.held or signature_holds(mark.signed, key)):
            raise Fault("log.signature", max(size - 1, 0), size=size)
        return True

    def _believe(self, mark: Mark, found: Checkpoint) -> None:
        """Count a trusted checkpoint; the key it announces is trusted from its size on."""
        if not self._trusts(mark, found.size):
            self._strangers.append((self._last.size if self._last else 0, found.size))
            return
        self._believed = found.size
        if mark.signed.key_id not in self._signers:
            self._signers.append(mark.signed.key_id)
        try:
            following = announced_key(found)
        except NotValid as error:
            raise Fault("log.checkpoint", found.size - 1, why="announces") from error
        if following is not None:
            self._trusted.setdefault(key_id(following), (following, found.size))

    def _open_epoch(self, mark: Mark) -> None:
        size = self._tree.size
        try:
            said = read_epoch(mark.signed)
            follows = said.epoch == max(self._epoch, said.lost_epoch) + 1  # an archive may be epochs old
            fits = said.size == size and follows and said.origin == self.header.origin
            fits = fits and root_bytes(said.root) == self._tree.root()
        except NotValid as error:
            raise Fault("log.checkpoint", max(size - 1, 0), why="epoch") from error
        if mark.held is False:
            raise Fault("log.signature", max(size - 1, 0), size=size)
        if not fits:
            raise Fault("log.checkpoint", max(size - 1, 0), why=f"epoch {said.epoch}/{said.size}")
        if not self._trusts(mark, size):
            self._strangers.append((size, size))
        self._epoch = said.epoch
        self._note_epoch(said)

    def _note_epoch(self, said: EpochStatement) -> None:
        params = {"epoch": str(said.epoch), "size": str(said.size), "reason": said.reason}
        if said.lost_size > said.size:
            params |= {"lost": str(said.lost_size - 1), "before": str(said.lost_epoch)}
        self._notes.append(("note.epoch" if said.lost_size > said.size else "note.epoch_whole", params))
        since = self._since
        if since is None or self._since_done or since.size <= said.size:
            return
        # A kept checkpoint beyond the gap's start is answered for by the statement, as far as it names it.
        if since.epoch <= said.lost_epoch and since.size <= said.lost_size:
            if since.size == said.lost_size and said.lost_root and since.root != said.lost_root:
                raise Fault("log.since", said.size, since.size - 1, size=since.size)
            self._since_done = True

    def _meet_since(self, since: Checkpoint) -> None:
        if since.origin != self.header.origin or root_bytes(since.root) != self._tree.root():
            raise Fault("log.since", 0, max(since.size - 1, 0), size=since.size)
        self._since_done = True

    def finish(self) -> Verdict:
        """After the last stretch: nothing uncovered, nothing cut, and who is answerable."""
        size, covered = self._tree.size, self._last.size if self._last else 0
        if self._since is not None and not self._since_done:
            if self._since.size == size:
                self._meet_since(self._since)
            else:
                raise Fault("log.cut", size, self._since.size - 1, size=self._since.size)
        trusted = bool(self._signers)
        beyond = [place for place in self._strangers if place[1] > self._believed]
        if trusted and beyond:
            start, end = beyond[0]
            raise Fault("log.signer", start, max(start, end - 1), size=end)
        if trusted and self._strangers:  # a trusted checkpoint over more records vouches for them all the same
            self._notes.append(("note.strangers", {"count": str(len(self._strangers))}))
        if size > covered:
            raise Fault("log.uncovered", covered, size - 1)
        if self._deleted:
            self._notes.append(("note.bodies_deleted", {"count": str(self._deleted)}))
        return Verdict(
            exit=RIGHT if trusted else UNTRUSTED,
            records=size,
            checkpoints=self._checkpoints,
            size=self._believed if trusted else covered,
            signers=tuple(self._signers),
            notes=tuple(self._notes),
        )
