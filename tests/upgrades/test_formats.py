"""Every file that outlives a version is read by this one as the version before wrote it; one of tomorrow is refused.

tests/upgrades/format_1 holds what the first version wrote, committed as text. When a format number rises, its folder
stays and the new one is added beside it (docs/upgrades.md).
"""

from __future__ import annotations

import base64
import json
import tarfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from zampa.contracts.book import BOOK_FORMAT, BOOK_PURPOSE, GrantBook, Signed
from zampa.contracts.calls import SEGMENT_PURPOSE, TRAIL_FORMAT, Segment
from zampa.contracts.evidence import EVIDENCE_FORMAT, LOG_FORMAT
from zampa.entrance.machine.archives import FORMAT as ARCHIVE_FORMAT
from zampa.entrance.machine.archives import read_manifest
from zampa.evidence import envelopes, files, keystore
from zampa.evidence.__main__ import main as verify
from zampa.evidence.checkpoints import Trust
from zampa.evidence.suites import PrivateKey
from zampa.exchange.rules.trails import calls_of, check_segment
from zampa.gateway.books import Books
from zampa.gateway.enrolment import Enrolment, Keys, load_enrolment, load_keys
from zampa.gateway.frames import frame, payloads
from zampa.gateway.segments import Segments
from zampa.gateway.trail import Trail
from zampa.ground.errors import NotValid

FORMATS = sorted(Path(__file__).parent.glob("format_*"))
WRITTEN = {
    "book": BOOK_FORMAT, "trail": TRAIL_FORMAT, "log": LOG_FORMAT, "evidence": EVIDENCE_FORMAT,
    "key file": keystore.KEY_FORMAT, "archive": ARCHIVE_FORMAT,
}  # fmt: skip


@pytest.fixture(params=FORMATS, ids=lambda path: path.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def gateway(folder: Path, tmp_path: Path) -> Path:
    """The gateway's folder as it stood on disk."""
    home = tmp_path / "gateway"
    (home / "trail").mkdir(parents=True)
    for path in (folder / "gateway").iterdir():
        name = path.name.removesuffix(".b64")
        target = home / "trail" / name.removeprefix("trail_") if name.startswith("trail_") else home / name
        content = path.read_bytes()
        target.write_bytes(base64.decodebytes(content) if path.suffix == ".b64" else content)
    return home


@pytest.fixture
def key(folder: Path) -> PrivateKey:
    return keystore.load(folder, "log")


def opened(home: Path) -> tuple[Keys, Enrolment]:
    enrolment = load_enrolment(home)
    assert enrolment is not None
    return load_keys(home, "international"), enrolment


def test_every_format_has_its_folder() -> None:
    """Raising a number without keeping what the old one wrote would leave nothing to test against."""
    assert [path.name for path in FORMATS] == [f"format_{n}" for n in range(1, max(WRITTEN.values()) + 1)]


def test_a_book_is_read(gateway: Path) -> None:
    keys, enrolment = opened(gateway)
    held = Books(gateway, enrolment, keys).current
    assert held is not None and held.number == 7
    plan = held.plans["G-1"]
    assert plan.endpoint.url == "http://provider.example" and plan.mask_key == b"m" * 32


def test_a_book_of_tomorrow_is_refused(gateway: Path, key: PrivateKey) -> None:
    keys, enrolment = opened(gateway)
    books = Books(gateway, enrolment, keys)
    envelope = msgspec.json.decode((gateway / "book.json").read_bytes(), type=Signed)
    book = msgspec.json.decode(envelopes.payload_of(envelope), type=GrantBook)
    coming = msgspec.structs.replace(book, format=BOOK_FORMAT + 1, number=book.number + 1)
    with pytest.raises(NotValid, match=r"gateway\.book\.format"):
        books.take(msgspec.json.encode(envelopes.sign(BOOK_PURPOSE, msgspec.json.encode(coming), key)))
    assert books.number == 7


def test_a_trail_is_read_and_goes_on(gateway: Path, key: PrivateKey) -> None:
    keys, _ = opened(gateway)
    trail = Trail(gateway / "trail", "g1")
    try:
        assert trail.next == 3 and not trail.cut
        assert [place.number for place in trail.read(0)] == [0, 1, 2]
        segments = Segments(trail, keys.sign, "g1", Trust([key.public]))
        assert segments.next_envelope() == (gateway / "segment.json").read_bytes()
    finally:
        trail.close()


def test_a_trail_of_tomorrow_is_refused(gateway: Path) -> None:
    path = next((gateway / "trail").glob("trail-*.log"))
    parts = [payload for _, payload in payloads(path.read_bytes())]
    head = {**json.loads(parts[0]), "format": TRAIL_FORMAT + 1}
    path.write_bytes(frame(json.dumps(head).encode()) + b"".join(frame(part) for part in parts[1:]))
    with pytest.raises(NotValid, match=r"gateway\.trail\.format"):
        Trail(gateway / "trail", "g1")


def test_a_segment_is_taken_in_by_the_centre(gateway: Path) -> None:
    keys, _ = opened(gateway)
    signed = msgspec.json.decode((gateway / "segment.json").read_bytes(), type=Signed)
    payload = envelopes.open_signed(signed, [keys.sign.public], purpose=SEGMENT_PURPOSE)
    segment = msgspec.json.decode(payload, type=Segment)
    check_segment(segment, "g1")
    assert [seen.call for seen in calls_of(segment)] == ["c-0", "c-1", "c-2"]
    with pytest.raises(NotValid, match=r"exchange\.trail\.format"):
        check_segment(msgspec.structs.replace(segment, format=TRAIL_FORMAT + 1), "g1")


@pytest.mark.parametrize("name", ["log.jsonl", "evidence.json"])
def test_what_was_handed_out_verifies_for_ever(folder: Path, name: str) -> None:
    assert verify([str(folder / name), "--trust", str(folder / "anchors")]) == 0


@pytest.mark.parametrize("name", ["log.jsonl", "evidence.json"])
def test_what_tomorrow_hands_out_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    text = (folder / name).read_text()
    number = LOG_FORMAT if name == "log.jsonl" else EVIDENCE_FORMAT
    before = '"format":1' if name == "log.jsonl" else '"format": 1'
    assert before in text
    (tmp_path / name).write_text(text.replace(before, before.replace("1", str(number + 1)), 1))
    assert verify([str(tmp_path / name), "--trust", str(folder / "anchors")]) == 2
    with pytest.raises(NotValid):
        files.read(b'{"is":"evidence","format":99}')


def test_a_key_file_is_read_and_signs(folder: Path, key: PrivateKey) -> None:
    assert [key.public] == keystore.read_anchors(folder / "anchors")
    key.public.verify(key.sign(b"x"), b"x")


def test_a_key_file_of_tomorrow_is_refused(folder: Path, tmp_path: Path) -> None:
    held = {**json.loads((folder / "log.key").read_text()), "format": keystore.KEY_FORMAT + 1}
    (tmp_path / "log.key").write_text(json.dumps(held))
    with pytest.raises(NotValid, match="newer"):
        keystore.load(tmp_path, "log")


def archive(tmp_path: Path, manifest: dict[str, Any]) -> Path:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "archive.tar", "w") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
    return tmp_path / "archive.tar"


def test_an_archive_is_read_and_one_of_tomorrow_is_refused(folder: Path, tmp_path: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    found = read_manifest(archive(tmp_path, manifest))
    assert found["installation"] == "zampa-test" and msgspec.convert(found["checkpoint"], Signed)
    with pytest.raises(NotValid, match=r"machine\.archive\.format"):
        read_manifest(archive(tmp_path, {**manifest, "format": ARCHIVE_FORMAT + 1}))
