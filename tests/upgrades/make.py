"""Writes tests/upgrades/format_N/ with what this version writes: run once when a format number rises, and commit.

    PYTHONPATH=src:. python -m tests.upgrades.make tests/upgrades/format_1

The keys in there were made for these files alone and open nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from zampa.contracts.book import (
    BOOK_FORMAT,
    BOOK_PURPOSE,
    BookKey,
    BookService,
    GrantBook,
    mask_key_context,
    service_context,
)
from zampa.contracts.calls import TRAIL_FORMAT, Call, CallClosed, CallOpened
from zampa.contracts.deliveries import Endpoint
from zampa.evidence import envelopes, files, keystore, seals
from zampa.evidence.checkpoints import Trust
from zampa.evidence.tests import made
from zampa.gateway.enrolment import Enrolment, keep_enrolment, load_keys
from zampa.gateway.segments import Segments
from zampa.gateway.tests.standing import grant
from zampa.gateway.trail import Trail
from zampa.ground.digests import b64, sha256

MOMENT = "2026-11-23T02:00:00.000000Z"
LATER = "2036-11-23T02:00:00.000000Z"
BEARER = "zck_only-for-this-fixture"


def book(gateway: Path) -> None:
    """A gateway's folder: its keys, its enrolment, a book with one grant."""
    keys = load_keys(gateway, "international")
    keep_enrolment(
        gateway, Enrolment(gateway="g1", installation="zampa-test", anchors=(made.KEY.public.text,), centre="http://c")
    )
    endpoint = msgspec.json.encode(Endpoint(engine="http", url="http://provider.example"))
    sealed = seals.seal_to(keys.seal_public, endpoint, service_context("s1"))
    mask = seals.seal_to(keys.seal_public, b"m" * 32, mask_key_context("id-G-1"))
    given = grant("G-1", "s1", "pass", not_before=MOMENT, not_after=LATER, sealed_mask_key=mask)
    held = GrantBook(
        format=BOOK_FORMAT, installation="zampa-test", gateway="g1", number=7, issued=MOMENT, expires=LATER,
        suite="international",
        keys=(BookKey(id="k1", consumer="sys-1", department="d", algorithm="bearer",
                      material=b64(sha256(BEARER.encode()))),),
        services=(BookService(id="s1", resource="res-1", kind="http", sealed=sealed),), grants=(given,),
    )  # fmt: skip
    signed = envelopes.sign(BOOK_PURPOSE, msgspec.json.encode(held), made.KEY)
    (gateway / "book.json").write_bytes(msgspec.json.encode(signed))


async def trail(gateway: Path) -> None:
    """Three calls in a trail, cut into one segment, as the gateway sends it."""
    held = Trail(gateway / "trail", "g1")
    for number in range(3):
        opened = CallOpened(call=f"c-{number}", at=MOMENT, grant="id-G-1", consumer="sys-1", action="pass", book=7)
        closed = CallClosed(call=f"c-{number}", at=MOMENT, outcome="answered", status=200, bytes=300)
        await held.append(Call(opened=opened, closed=closed))
    held.close()
    held = Trail(gateway / "trail", "g1")  # as after a restart: what is durable and not cut comes back
    segments = Segments(held, load_keys(gateway, "international").sign, "g1", Trust([made.KEY.public]))
    segments.cut()
    envelope = segments.next_envelope()
    assert envelope is not None
    (gateway / "segment.json").write_bytes(envelope)
    held.close()


def main(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    (target / "gateway").mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        gateway = Path(scratch) / "gateway"
        gateway.mkdir(mode=0o700)
        book(gateway)
        asyncio.run(trail(gateway))
        for path in gateway.rglob("*"):
            if path.is_file():
                binary = path.suffix == ".log"
                name = str(path.relative_to(gateway)).replace("/", "_") + (".b64" if binary else "")
                content = base64.encodebytes(path.read_bytes()) if binary else path.read_bytes()
                (target / "gateway" / name).write_bytes(content)
    log, file = made.evidence()
    log.write(target / "log.jsonl")
    (target / "evidence.json").write_bytes(files.write(file))
    (target / "anchors").write_text(made.KEY.public.text + "\n")
    key = keystore.KeyFile(format=keystore.KEY_FORMAT, public=made.KEY.public.text, secret=b64(made.KEY.secret))
    (target / "log.key").write_bytes(msgspec.json.encode(key))
    manifest = {
        "format": 1, "version": "0.1.0", "installation": "zampa-test", "at": MOMENT,
        "checkpoint": msgspec.to_builtins(file.checkpoint), "keys": False,
    }  # fmt: skip
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    assert TRAIL_FORMAT == 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
