"""The trail on its way to the centre: cut into signed segments, pushed until taken in, deleted only when covered.

A segment's boundaries are written down before it is first sent, so that after a crash the same segment is sent again
and the centre can tell a repetition from a forgery. What the centre says it has taken in is believed both ways: when it
was restored from an older state it names a lower number, and the gateway sends everything after that once more.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from threading import Lock

import msgspec
import structlog

from zampa.contracts.book import Signed
from zampa.contracts.calls import SEGMENT_PURPOSE, TRAIL_FORMAT, Segment
from zampa.evidence import envelopes
from zampa.evidence.checkpoints import Trust, read_checkpoint
from zampa.evidence.merkle import leaf_hash, root_of
from zampa.evidence.suites import PrivateKey, PublicKey
from zampa.gateway.frames import frame, payloads, sound_end
from zampa.gateway.trail import Place, Trail, write_durably
from zampa.ground.clock import iso, parse_iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import NotValid

SEGMENT_RECORDS = 10_000
SEGMENT_BYTES = 8 << 20
DAY_SECONDS = 86400
log = structlog.get_logger("zampa.gateway")


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as cut: where it lies in the trail, and what it will always say."""

    first: int
    count: int
    root: str
    opened: str
    closed: str
    file: int
    offset: int


class Standing(msgspec.Struct, kw_only=True):
    """What the centre has said so far: the last number taken in, what a checkpoint covers, the newest checkpoint, and
    the log's keys that checkpoints announced."""

    accepted_through: int = -1
    first_uncovered: int = 0
    checkpoint: Signed | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cut:
    boundary: Boundary
    records: tuple[str, ...]


class Segments:
    """Segments of one trail; `cut`, `next_envelope`, `accepted` and `look_back` are called by one task."""

    def __init__(self, trail: Trail, key: PrivateKey, gateway: str, trust: Trust) -> None:
        self.trail = trail
        self.key = key
        self.back_to: int | None = None
        self._keeping = Lock()  # what is covered is learnt in a thread, beside the pushing
        self.gateway = gateway
        self.log = trail.folder / "segments.log"
        self.standing_path = trail.folder / "centre.json"
        self.standing = Standing()
        if self.standing_path.exists():
            self.standing = msgspec.json.decode(self.standing_path.read_bytes(), type=Standing)
        self.trust = Trust([*trust.keys, *map(PublicKey.parse, self.standing.keys)])
        self.waiting: list[Boundary] = []
        known = self._boundaries()
        self.cut_through = known[-1].first + known[-1].count - 1 if known else -1
        self.waiting = [one for one in known if one.first > self.standing.accepted_through]
        self._recover()

    def _boundaries(self) -> list[Boundary]:
        """All boundaries on disk; a torn tail is cut off."""
        if not self.log.exists():
            return []
        data = self.log.read_bytes()
        end = sound_end(data)
        if end < len(data):
            with self.log.open("r+b") as file:
                file.truncate(end)
        return [msgspec.json.decode(payload, type=Boundary) for _, payload in payloads(data)]

    def _recover(self) -> None:
        """Put records that were durable but not yet cut back in front of those to come."""
        missing: list[Place] = []
        files = self.trail.files()
        for first, following in zip(files, [*files[1:], self.trail.next + 1], strict=True):
            if following > self.cut_through + 1:
                missing += [place for place in self.trail.read(first) if place.number > self.cut_through]
        self.trail.fresh.extendleft(reversed(missing))

    @property
    def unpushed(self) -> int:
        return self.trail.next - 1 - self.standing.accepted_through

    # --- cutting

    def cut(self) -> Cut | None:
        """Cut what is durable and not yet cut into the next segment; None when there is nothing."""
        fresh = self.trail.fresh
        if not fresh:
            return None
        places: list[Place] = []
        size, file = 0, fresh[0].file
        while fresh and len(places) < SEGMENT_RECORDS and size < SEGMENT_BYTES and fresh[0].file == file:
            place = fresh.popleft()
            places.append(place)
            size += len(place.payload)
        boundary = _boundary(places)
        self._note(boundary)
        self.cut_through = boundary.first + boundary.count - 1
        self.waiting.append(boundary)
        return Cut(boundary, tuple(place.payload.decode() for place in places))

    def _note(self, boundary: Boundary) -> None:
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, frame(msgspec.json.encode(boundary)))
            os.fdatasync(handle)
        finally:
            os.close(handle)

    # --- pushing

    def next_envelope(self, fresh: Cut | None = None) -> bytes | None:
        """The signed segment that the centre should take in next; `fresh` saves reading back what was just cut."""
        if not self.waiting:
            return None
        boundary = self.waiting[0]
        if fresh is not None and fresh.boundary.first == boundary.first:
            records = fresh.records
        else:
            found = islice(self.trail.read(boundary.file, boundary.offset), boundary.count)
            records = tuple(place.payload.decode() for place in found)
        segment = Segment(
            format=TRAIL_FORMAT, gateway=self.gateway, epoch=self.trail.epoch, first=boundary.first,
            count=boundary.count, root=boundary.root, opened=boundary.opened, closed=boundary.closed, records=records,
        )
        return msgspec.json.encode(envelopes.sign(SEGMENT_PURPOSE, msgspec.json.encode(segment), self.key))

    def accepted(self, answer: bytes) -> None:
        """Believe the centre's word on what it holds; NotValid when it names what was never sent."""
        through = _number(answer, "accepted_through")
        if through > self.cut_through:
            raise NotValid("gateway.centre.accepted_too_much", through=through)
        self._believe(through)
        with suppress(NotValid):  # a signer we do not know stops no trail; `covered` says it
            self._watch(answer)

    def look_back(self) -> None:
        """Send again what a restored centre said it no longer holds; called where segments are pushed."""
        if self.back_to is not None:
            through, self.back_to = self.back_to, None
            self._believe(through)

    def _believe(self, through: int) -> None:
        if through < self.standing.accepted_through:
            log.warning("centre_went_back", had=self.standing.accepted_through, has=through)
            self.waiting = [one for one in self._boundaries() if one.first > through]
        self.waiting = [one for one in self.waiting if one.first > through]
        if through != self.standing.accepted_through:
            self.standing.accepted_through = through
            self._keep()

    # --- letting go

    def held(self) -> bytes:
        """The newest checkpoint this gateway saw signed, as JSON: what a restored centre compares its log with."""
        return msgspec.json.encode(self.standing.checkpoint)

    def covered(self, answer: bytes, keep_days: int, now: float | None = None, sent: int = -1) -> list[Path]:
        """Keep the newest signed checkpoint; delete trail files that the centre's covers and that are old enough.

        Returns what was deleted. NotValid when the checkpoint is signed by nobody trusted: nothing is deleted then.
        `sent`: what the centre had taken in when it was asked; when it names less now, it lost the rest.
        """
        signed = self._watch(answer)
        through = _number(answer, "accepted_through") if b'"accepted_through"' in answer else sent
        if through < sent:
            self.back_to = through
            return []
        if signed is None:
            return []
        self.standing.first_uncovered = min(_number(answer, "first_uncovered"), self.standing.accepted_through + 1)
        self._keep()
        return self._delete(time.time() - keep_days * DAY_SECONDS if now is None else now - keep_days * DAY_SECONDS)

    def _watch(self, answer: bytes) -> Signed | None:
        """The signed checkpoint of an answer, kept when it is newer than the one held: a restored centre shows an
        older one, and ours is then the only sign of what it lost."""
        told = msgspec.json.decode(answer, type=dict[str, msgspec.Raw])
        signed = msgspec.json.decode(told.get("checkpoint", msgspec.Raw(b"null")), type=Signed | None)
        if signed is None:
            return None
        found, held = self.trust.checkpoint(signed), self.standing.checkpoint
        before = read_checkpoint(held) if held else None
        if before is None or (found.epoch, found.size) > (before.epoch, before.size):
            self.standing.checkpoint = signed
            self.standing.keys = tuple(key.text for key in self.trust.keys)
        return signed

    def _delete(self, before: float) -> list[Path]:
        gone: list[Path] = []
        files = self.trail.files()
        for first, following in pairwise(files):
            path = self.trail.path(first)
            if following > self.standing.first_uncovered or path.stat().st_mtime > before:
                break
            path.unlink()
            gone.append(path)
        if gone:
            oldest = self.trail.files()[0]
            kept = [frame(msgspec.json.encode(one)) for one in self._boundaries() if one.file >= oldest]
            write_durably(self.log, b"".join(kept))
        return gone

    def _keep(self) -> None:
        with self._keeping:
            write_durably(self.standing_path, msgspec.json.encode(self.standing))


def _boundary(places: list[Place]) -> Boundary:
    opened = _moment(places[0].payload)
    return Boundary(
        first=places[0].number, count=len(places),
        root="sha256:" + b64(root_of(leaf_hash(place.payload) for place in places)),
        opened=opened, closed=max(opened, iso(utc_now())), file=places[0].file, offset=places[0].offset,
    )


def _moment(payload: bytes) -> str:
    """When the record's call began."""
    record = msgspec.json.decode(payload)
    moment = record.get("at") or record["opened"]["at"]
    return iso(parse_iso(str(moment)))


def _number(answer: bytes, name: str) -> int:
    try:
        return int(msgspec.json.decode(answer, type=dict[str, object])[name])  # type: ignore[call-overload,no-any-return]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise NotValid("gateway.centre.answer", name=name) from error


def trust_of(anchors: tuple[str, ...]) -> Trust:
    return Trust(PublicKey.parse(anchor) for anchor in anchors)
