"""Which files may stand behind a request: listed types, known by their first bytes, at most 20 MB."""

from __future__ import annotations

from pathlib import PurePath

from zampa.ground.errors import NotValid

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
        raise NotValid("exchange.paper.too_large", limit=LARGEST // (1024 * 1024))
    if size == 0:
        raise NotValid("exchange.paper.empty")
    suffix = PurePath(name).suffix.lower()
    if suffix not in TYPES:
        raise NotValid("exchange.paper.type_not_listed", listed=" ".join(sorted(TYPES)))
    kind, starts = TYPES[suffix]
    if not head.startswith(starts):
        raise NotValid("exchange.paper.not_what_it_says", suffix=suffix)
    return kind


def safe_name(name: str) -> str:
    """The last part of a file's name without control characters, at most 200 characters; it is shown, never opened."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-200:] or "paper"
