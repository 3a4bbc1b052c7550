"""The exported log: one JSON object a line, so that it streams, greps and diffs.

First a header, then records in order from number 0, and between them, each right after the last record it covers, the
signed checkpoints and epoch statements. With "hashes" a record is its number and two leaf hashes, fit for everyone;
with "bodies" it also carries the exact leaf, and salt and body where they still exist. `leaf` and `body` stand in the
line as the very bytes that were hashed; byte strings are base64 (RFC 4648 section 4).

Format 0, read but no longer written, had no `twin`; a reader of format N reads N-1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Literal

import msgspec

from zampa.contracts.book import Signed
from zampa.contracts.evidence import LOG_FORMAT
from zampa.ground.errors import NotValid

Contents = Literal["hashes", "bodies"]


class LogHeader(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="log"):
    """`keys`: the public keys that signed, as the log itself says; a reader believes its own anchors only."""

    format: int
    origin: str
    contents: Contents
    made: str
    keys: tuple[str, ...] = ()


class RecordLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="record", omit_defaults=True, gc=False):
    """`n` number, `hash` leaf hash, `twin` its SM3 twin."""

    n: int
    hash: bytes
    twin: bytes = b""
    leaf: msgspec.Raw = msgspec.Raw(b"")
    salt: bytes = b""
    body: msgspec.Raw = msgspec.Raw(b"")


class CheckpointLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="checkpoint"):
    signed: Signed


class EpochLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", tag="epoch"):
    signed: Signed


Line = RecordLine | CheckpointLine | EpochLine
header_decoder = msgspec.json.Decoder(LogHeader)
line_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(RecordLine | CheckpointLine | EpochLine)
_encoder = msgspec.json.Encoder()


def write_header(file: IO[bytes], header: LogHeader) -> None:
    file.write(_encoder.encode(header) + b"\n")


def write_lines(file: IO[bytes], lines: Iterable[Line]) -> None:
    """Append lines; a record must come right after the one with the number below."""
    file.write(_encoder.encode_lines(lines))


def read_header(line: bytes) -> LogHeader:
    """The first line of an exported log; NotValid when it is none, or of a format this program cannot read."""
    try:
        header = header_decoder.decode(line)
    except ValueError as error:
        raise NotValid("evidence.log.not_a_log") from error
    check_format(header.format, LOG_FORMAT)
    return header


def check_format(found: int, known: int) -> None:
    """NotValid unless `found` is this program's format or the one before."""
    if found > known:
        raise NotValid("evidence.format.newer", format=found, known=known)
    if found < known - 1:
        raise NotValid("evidence.format.older", format=found, known=known)
