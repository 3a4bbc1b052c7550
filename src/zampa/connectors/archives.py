"""ZIP-based files from strangers: bounded before anything is unpacked, and their XML without entities.

Limits: compressed size, number of parts, unpacked size in all, and ratio per part beyond a megabyte. The declared
sizes are checked first; `zipfile` itself then never yields more than declared without a CRC or length error.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zampa.ground.errors import NotValid

MAX_PACKED = 100 << 20
MAX_UNPACKED = 1 << 30
MAX_PARTS = 5_000
MAX_RATIO = 250
SMALL = 1 << 20
CHUNK = 1 << 20
_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive after the limits were checked; NotValid when it is none, encrypted or too large."""
    size = path.stat().st_size
    if size > MAX_PACKED:
        raise NotValid("connectors.too_large", what="file", limit=MAX_PACKED)
    try:
        with zipfile.ZipFile(path) as archive:
            _bounded(path, archive)
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as failure:
        raise NotValid("connectors.bad_file", table=path.name, why="zip") from failure


def xml_chunks(path: Path, archive: zipfile.ZipFile, part: str, overlap: int = 4096) -> Iterator[bytes]:
    """Chunks of an XML part, each with the last `overlap` bytes of the one before; NotValid at a DTD or entity."""
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(CHUNK):
            chunk = tail + block
            if b"\x00" in chunk or _DECLARATIONS.search(chunk):
                raise NotValid("connectors.bad_file", table=path.name, why="entities")
            yield chunk
            tail = chunk[-overlap:] if overlap else b""


def _bounded(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise NotValid("connectors.too_large", what="parts", limit=MAX_PARTS)
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NotValid("connectors.too_large", what="unpacked", limit=MAX_UNPACKED)
    for part in parts:
        if part.flag_bits & 1:
            raise NotValid("connectors.bad_file", table=path.name, why="encrypted")
        if part.file_size > SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise NotValid("connectors.too_large", what="ratio", limit=MAX_RATIO)
    if len({part.filename for part in parts}) != len(parts):
        raise NotValid("connectors.bad_file", table=path.name, why="zip")
