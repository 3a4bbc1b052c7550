"""How records lie in a file: each a frame of length, CRC-32 and payload, so that a tail torn by a crash is seen.

The CRC finds accidents, not forgers: against those the centre holds signed segments.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

HEAD = struct.Struct("<II")
MAX_PAYLOAD = 1 << 20


def frame(payload: bytes) -> bytes:
    """One payload of 1 byte to 1 MiB as it is written; ValueError beyond."""
    if not 0 < len(payload) <= MAX_PAYLOAD:
        raise ValueError("a record is 1 byte to 1 MiB long")
    return HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def size_of(payload: bytes) -> int:
    return HEAD.size + len(payload)


def payloads(data: bytes | memoryview, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Offset and payload of each whole frame from `start`; ends at the first that is torn or damaged."""
    view, place, end = memoryview(data), start, len(data)
    while place + HEAD.size <= end:
        length, crc = HEAD.unpack_from(view, place)
        after = place + HEAD.size + length
        if not 0 < length <= MAX_PAYLOAD or after > end:
            return
        payload = bytes(view[place + HEAD.size : after])
        if zlib.crc32(payload) != crc:
            return
        yield place, payload
        place = after


def sound_end(data: bytes | memoryview, start: int = 0) -> int:
    """Where the last whole frame from `start` ends."""
    end = start
    for offset, payload in payloads(data, start):
        end = offset + size_of(payload)
    return end
