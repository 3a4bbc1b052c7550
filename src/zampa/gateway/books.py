"""The book in force: checked, kept on disk, indexed for the calls.

Only a book signed by an anchor, made for this gateway, with a higher number than the last one kept is taken: an older
book that is still valid would bring a revoked grant back. The index is built beside the old one and swapped in whole,
so a call sees one book from its beginning to its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from zampa.contracts.book import (
    BOOK_FORMAT,
    BOOK_PURPOSE,
    BookGrant,
    BookKey,
    BookService,
    GrantBook,
    Signed,
    mask_key_context,
    service_context,
)
from zampa.contracts.deliveries import Endpoint
from zampa.evidence import envelopes, seals, suites
from zampa.gateway.enrolment import Enrolment, Keys
from zampa.gateway.refusals import Refusal
from zampa.gateway.trail import write_durably
from zampa.ground.clock import parse_iso
from zampa.ground.errors import Conflict, NotValid, ZampaError

OLDEST_FORMAT = 1


class Plan:
    """One grant with its service, opened when first called."""

    def __init__(self, grant: BookGrant, service: BookService | None, keys: Keys, number: int) -> None:
        self.grant = grant
        self.service = service
        self.book = number
        self.begins = parse_iso(grant.not_before).timestamp()
        self.ends = parse_iso(grant.not_after).timestamp()
        self._keys = keys

    @cached_property
    def endpoint(self) -> Endpoint:
        """Where the provider is, with its secret; Refusal when it does not open with this gateway's key."""
        if self.service is None:
            raise Refusal("gateway.grant.no_service")
        try:
            raw = seals.unseal_with(self._keys.seal_secret, self.service.sealed, service_context(self.service.id))
            return msgspec.json.decode(raw, type=Endpoint)
        except (ZampaError, msgspec.DecodeError) as error:
            raise Refusal("gateway.grant.no_service") from error

    @cached_property
    def mask_key(self) -> bytes:
        if not self.grant.sealed_mask_key:
            return b""
        try:
            return seals.unseal_with(
                self._keys.seal_secret, self.grant.sealed_mask_key, mask_key_context(self.grant.id)
            )
        except ZampaError as error:
            raise Refusal("gateway.grant.no_service") from error


@dataclass(frozen=True)
class Index:
    """A book as calls look things up in it. `bearers` by the digest of the key, `keys` by key id."""

    number: int
    expires: float
    bearers: dict[str, BookKey]
    keys: dict[str, BookKey]
    publics: dict[str, suites.PublicKey]
    plans: dict[str, Plan]


def index(book: GrantBook, keys: Keys) -> Index:
    """NotValid when a moment or a key in it cannot be read."""
    services = {service.id: service for service in book.services}
    signing = {key.id: key for key in book.keys if key.algorithm != "bearer"}
    try:
        return Index(
            book.number,
            parse_iso(book.expires).timestamp(),
            {key.material: key for key in book.keys if key.algorithm == "bearer"},
            signing,
            {key.id: suites.PublicKey.parse(f"{key.algorithm}:{key.material}") for key in signing.values()},
            {grant.number: Plan(grant, services.get(grant.service), keys, book.number) for grant in book.grants},
        )
    except ValueError as error:
        raise NotValid("gateway.book.malformed") from error


class Books:
    """The book of one gateway, in `folder`/book.json."""

    def __init__(self, folder: Path, enrolment: Enrolment, keys: Keys) -> None:
        self.path = folder / "book.json"
        self.enrolment = enrolment
        self.keys = keys
        self.current: Index | None = None
        if self.path.exists():
            self.current = self._opened(self.path.read_bytes())

    @property
    def number(self) -> int:
        return self.current.number if self.current else 0

    def take(self, envelope: bytes) -> bool:
        """Put a fetched book in force; False when it is the one we have.

        Conflict gateway.book.older when its number is lower; NotValid when it is not ours or not rightly signed.
        """
        found = self._opened(envelope)
        if self.current is not None:
            if found.number < self.current.number:
                raise Conflict("gateway.book.older", number=found.number, have=self.current.number)
            if found.number == self.current.number:
                return False
        write_durably(self.path, envelope)
        self.current = found
        return True

    def _opened(self, envelope: bytes) -> Index:
        try:
            signed = msgspec.json.decode(envelope, type=Signed)
            payload = envelopes.open_signed(signed, self.enrolment.anchors, purpose=BOOK_PURPOSE)
            book = msgspec.json.decode(payload, type=GrantBook)
        except msgspec.DecodeError as error:
            raise NotValid("gateway.book.malformed") from error
        if not OLDEST_FORMAT <= book.format <= BOOK_FORMAT:
            raise NotValid("gateway.book.format", format=book.format)
        if book.gateway != self.enrolment.gateway or book.installation != self.enrolment.installation:
            raise NotValid("gateway.book.not_ours")
        return index(book, self.keys)
