"""Stretches of an exported log, checked on their own, so that a long file is checked by every processor at once.

What a stretch alone can show is checked here: that lines parse, numbers follow each other, leaves and bodies match
their hashes, checkpoints carry a signature of the key they name. What needs the whole (roots, order of checkpoints,
trust) is left to `logcheck`, which gets the leaf hashes, and for aligned blocks of 256 their roots.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from zampa.contracts.book import Signed
from zampa.evidence import merkle, tiles
from zampa.evidence.commitments import SALT_BYTES, opens
from zampa.evidence.envelopes import signature_holds
from zampa.evidence.logs import CheckpointLine, EpochLine, Line, RecordLine, line_decoder
from zampa.evidence.suites import PublicKey, key_id, sha256, sm3
from zampa.evidence.verdicts import Fault
from zampa.ground.errors import NotValid

BLOCK = tiles.WIDTH
_SAFE = bytes.maketrans(b"+/", b"-_")


class _Commitment(msgspec.Struct, frozen=True, gc=False):
    """All that is needed of a leaf (contracts.evidence.Leaf) whose hash already holds: skipping the rest is faster."""

    commitment: str


_leaf_decoder = msgspec.json.Decoder(_Commitment)


@dataclass(frozen=True)
class Mark:
    """A checkpoint or epoch statement: after how many records of the stretch it stands; `held` is True when the key it
    names made the signature, False when not, None when that key is not known here."""

    after: int
    signed: Signed
    epoch: bool
    held: bool | None


@dataclass
class Chunk:
    """What a stretch gave up to its first fault. `first` is the number of its first record, None without records."""

    first: int | None = None
    leaves: list[bytes] = field(default_factory=list)
    twins: list[bytes] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    blocks: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    deleted: int = 0
    fault: tuple[str, int | None, dict[str, str]] | None = None


@dataclass(frozen=True)
class Stretch:
    """Which bytes of which file, what its records carry, and the keys it says signed it."""

    path: Path
    start: int
    end: int
    bodies: bool
    twinned: bool
    keys: tuple[PublicKey, ...]


def check(stretch: Stretch) -> Chunk:
    """Read and check one stretch; OSError when the file cannot be read."""
    with stretch.path.open("rb") as file:
        file.seek(stretch.start)
        data = file.read(stretch.end - stretch.start)
    lines, broken = _lines(data)
    chunk = Chunk()
    known = {key_id(key): key for key in stretch.keys}
    try:
        for line in lines:
            if isinstance(line, RecordLine):
                _record(chunk, line, stretch)
            else:
                chunk.marks.append(_mark(chunk, line, known))
    except Fault as fault:
        chunk.fault = (fault.problem, fault.record, fault.params)
    if broken and chunk.fault is None:
        chunk.fault = ("log.line", None if chunk.first is None else chunk.first + len(chunk.leaves), {})
    _blocks(chunk)
    return chunk


def _lines(data: bytes) -> tuple[list[Line], bool]:
    """The lines up to the first that does not parse, and whether there is one."""
    try:
        return line_decoder.decode_lines(data), False
    except ValueError:
        good: list[Line] = []
        for text in data.split(b"\n"):
            try:
                good.append(line_decoder.decode(text))
            except ValueError:
                return good, True
        return good, True


def _record(chunk: Chunk, line: RecordLine, stretch: Stretch) -> None:
    number = line.n
    if chunk.first is None:
        chunk.first = number
    expected = chunk.first + len(chunk.leaves)
    if number != expected:
        raise Fault("log.number", expected, found=number)
    if len(line.hash) != merkle.HASH_BYTES or (stretch.twinned and len(line.twin) != merkle.HASH_BYTES):
        raise Fault("log.line", number)
    if stretch.bodies:
        _contents(chunk, line)
    chunk.leaves.append(line.hash)
    if stretch.twinned:
        chunk.twins.append(line.twin)


def _contents(chunk: Chunk, line: RecordLine) -> None:
    """Leaf and body against their hashes; this runs once a record and is most of the work."""
    text = b"\x00" + bytes(line.leaf)
    if len(text) == 1:
        raise Fault("log.leaf_missing", line.n)
    if sha256(text) != line.hash or (line.twin and sm3(text) != line.twin):
        raise Fault("log.leaf", line.n)
    if not line.salt:
        if bytes(line.body):
            raise Fault("log.body", line.n)
        chunk.deleted += 1
        return
    try:
        commitment = _leaf_decoder.decode(text[1:]).commitment
        if commitment.startswith("sha256:"):
            spelled = binascii.b2a_base64(sha256(line.salt + bytes(line.body)), newline=False)
            same = len(line.salt) == SALT_BYTES and commitment[7:].encode() == spelled.translate(_SAFE, b"=")
        else:
            same = opens(commitment, line.salt, bytes(line.body))
    except (ValueError, NotValid) as error:
        raise Fault("log.leaf", line.n) from error
    if not same:
        raise Fault("log.body", line.n)


def _mark(chunk: Chunk, line: CheckpointLine | EpochLine, known: dict[str, PublicKey]) -> Mark:
    key = known.get(line.signed.key_id)
    try:
        held = None if key is None else signature_holds(line.signed, key)
    except NotValid:
        held = False
    return Mark(len(chunk.leaves), line.signed, isinstance(line, EpochLine), held)


def _blocks(chunk: Chunk) -> None:
    """The roots of whole aligned blocks, so that the one who joins the stretches has little left to hash."""
    if chunk.first is None:
        return
    both = bool(chunk.twins)
    start = -chunk.first % BLOCK
    for at in range(start, len(chunk.leaves) - BLOCK + 1, BLOCK):
        root = tiles.tile_root(b"".join(chunk.leaves[at : at + BLOCK]), sha256)
        twin = tiles.tile_root(b"".join(chunk.twins[at : at + BLOCK]), sm3) if both else b""
        chunk.blocks[at] = (root, twin)
