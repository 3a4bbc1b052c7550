"""Which books are taken, and which never."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zampa.contracts.book import BOOK_PURPOSE, BookGrant, BookService, GrantBook, mask_key_context, service_context
from zampa.contracts.deliveries import Endpoint
from zampa.evidence import envelopes, seals, suites
from zampa.gateway.books import Books
from zampa.gateway.enrolment import Enrolment, Keys, load_keys
from zampa.gateway.refusals import Refusal
from zampa.gateway.tests.standing import KEYS, grant
from zampa.ground.clock import iso, utc_now
from zampa.ground.errors import Conflict, NotValid

CENTRE = suites.generate_key("ed25519")


def envelope(number: int, key: suites.PrivateKey = CENTRE, purpose: str = BOOK_PURPOSE, **changes: Any) -> bytes:
    now = utc_now()
    fields: dict[str, Any] = {
        "format": 1, "installation": "test", "gateway": "g1", "number": number, "issued": iso(now),
        "expires": iso(now + timedelta(hours=1)), "suite": "international", "keys": tuple(KEYS), "services": (),
        "grants": (), **changes,
    }
    return msgspec.json.encode(envelopes.sign(purpose, msgspec.json.encode(GrantBook(**fields)), key))


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return opened(tmp_path)


def opened(folder: Path, suite: str = "international") -> Books:
    enrolment = Enrolment(gateway="g1", installation="test", anchors=(CENTRE.public.text,))
    return Books(folder, enrolment, load_keys(folder, suite))


def test_numbers_only_rise_also_after_a_restart(books: Books, tmp_path: Path) -> None:
    assert books.take(envelope(3))
    assert not books.take(envelope(3))
    for older in (1, 2):
        with pytest.raises(Conflict, match="older"):
            books.take(envelope(older))
    again = opened(tmp_path)
    assert again.number == 3
    with pytest.raises(Conflict, match="older"):
        again.take(envelope(2))
    assert again.take(envelope(4)) and opened(tmp_path).number == 4


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: envelope(9, suites.generate_key("ed25519")), "evidence.envelope.untrusted"),
        (lambda: envelope(9, purpose="segment"), "evidence.envelope.other_purpose"),
        (lambda: envelope(9, gateway="g2"), "gateway.book.not_ours"),
        (lambda: envelope(9, installation="other"), "gateway.book.not_ours"),
        (lambda: envelope(9, format=2), "gateway.book.format"),
        (lambda: envelope(9, expires="soon"), "gateway.book.malformed"),
        (lambda: b"{}", "gateway.book.malformed"),
        (lambda: envelope(9).replace(b'"payload":"', b'"payload":"A'), "evidence.envelope."),
    ],
)
def test_a_book_that_is_not_right_changes_nothing(books: Books, made: Any, code: str) -> None:
    books.take(envelope(1))
    with pytest.raises(NotValid) as raised:
        books.take(made())
    assert raised.value.code.startswith(code) and books.number == 1


def sealed(keys: Keys, service: str, grant_id: str) -> tuple[BookService, BookGrant]:
    clear = msgspec.json.encode(Endpoint(engine="http", url="http://a"))
    made = BookService(id="s1", resource="r", kind="http",
                       sealed=seals.seal_to(keys.seal_public, clear, service_context(service)))
    mask_key = seals.seal_to(keys.seal_public, b"m" * 32, mask_key_context(grant_id))
    return made, grant("G-1", "s1", "pass", sealed_mask_key=mask_key)


@pytest.mark.parametrize("suite", ["international", "guomi"])
def test_secrets_open_only_where_they_belong(tmp_path: Path, suite: str) -> None:
    books = opened(tmp_path, suite)
    service, given = sealed(books.keys, "s1", "id-G-1")
    books.take(envelope(1, services=(service,), grants=(given,)))
    assert books.current is not None
    plan = books.current.plans["G-1"]
    assert plan.endpoint.url == "http://a" and plan.mask_key == b"m" * 32
    service, given = sealed(books.keys, "s2", "id-G-2")
    books.take(envelope(2, services=(service,), grants=(given,)))
    moved = books.current.plans["G-1"]
    with pytest.raises(Refusal, match="no_service"):
        _ = moved.endpoint
    with pytest.raises(Refusal, match="no_service"):
        _ = moved.mask_key
    assert oct((tmp_path / "gateway-keys.json").stat().st_mode & 0o777) == "0o600"
