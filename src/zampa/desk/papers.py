"""Papers (依据与材料): files people attach, stored once by their SHA-256; listed types known by their bytes, 20 MB.

Each room keeps a folder of its own below ZAMPA_FILES_DIR, so that what one room drops no other room misses. A paper is
shown to nobody inside a page: it goes out as an attachment (decisions/0004).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePath

from django.conf import settings
from django.http import FileResponse

from zampa.ground.errors import NotFound, NotValid, Unavailable

LARGEST = 20 * 1024 * 1024
OFFICE = b"PK\x03\x04"

# suffix -> (media type, what the file begins with)
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (OFFICE,)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (OFFICE,)),
    ".ofd": ("application/ofd", (OFFICE,)),
}


def media_type(name: str, head: bytes, size: int) -> str:
    """The media type of a paper; NotValid when it is too large, of no listed type, or not what its name says."""
    if size > LARGEST:
        raise NotValid("desk.paper.too_large", limit=LARGEST // (1024 * 1024))
    if size == 0:
        raise NotValid("desk.paper.empty")
    suffix = PurePath(name).suffix.lower()
    if suffix not in TYPES:
        raise NotValid("desk.paper.type_not_listed", listed=" ".join(sorted(TYPES)))
    kind, starts = TYPES[suffix]
    if not head.startswith(starts):
        raise NotValid("desk.paper.not_what_it_says", suffix=suffix)
    return kind


def safe_name(name: str) -> str:
    """The last part of a file's name without control characters, at most 200 characters; it is shown, never opened."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-200:] or "paper"


def digest_of(content: bytes) -> str:
    """What a paper is stored under: its SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def paper_path(folder: str, digest: str) -> Path:
    """Where a room's paper lies."""
    return Path(settings.ZAMPA_FILES_DIR) / folder / digest[:2] / digest


def keep(folder: str, digest: str, content: bytes) -> None:
    """Write once, whole or not at all: a draft beside it, then renamed."""
    path = paper_path(folder, digest)
    if path.exists():
        return
    draft = path.with_name(f".{digest}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable("desk.paper.not_stored") from error


def sent(path: Path, name: str, kind: str, missing: str) -> FileResponse:
    """A paper as an attachment; NotFound(`missing`) when its bytes are gone."""
    if not path.is_file():
        raise NotFound(missing)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response
