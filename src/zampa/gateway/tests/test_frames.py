"""Whatever a crash leaves of a file: all whole records are read, nothing else is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zampa.contracts.calls import CallClosed
from zampa.gateway import trail as trails
from zampa.gateway.frames import frame, payloads, size_of, sound_end
from zampa.gateway.trail import Trail, decode_record
from zampa.ground.errors import Conflict, Unavailable

RECORDS = st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=20)


@given(RECORDS)
def test_what_is_framed_comes_back(records: list[bytes]) -> None:
    data = b"".join(frame(record) for record in records)
    assert [payload for _, payload in payloads(data)] == records
    assert sound_end(data) == len(data)


@given(RECORDS, st.data())
def test_a_torn_tail_loses_only_the_torn_record(records: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(frame(record) for record in records)
    cut = data.draw(st.integers(0, len(whole)))
    rest = data.draw(st.binary(max_size=40))
    found = [payload for _, payload in payloads(whole[:cut])]
    assert found == records[: len(found)]
    assert sum(size_of(one) for one in records[: len(found) + 1]) > cut or len(found) == len(records)
    assert [payload for _, payload in payloads(whole + b"\0" * len(rest))] == records


@given(RECORDS, st.data())
def test_a_changed_byte_ends_the_reading(records: list[bytes], data: st.DataObject) -> None:
    whole = bytearray(b"".join(frame(record) for record in records))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    found = [payload for _, payload in payloads(bytes(whole))]
    intact = 0
    end = 0
    for record in records:
        end += size_of(record)
        if end > place:
            break
        intact += 1
    assert found[:intact] == records[:intact]
    assert len(found) <= intact or found[intact] != records[intact] or len(found) == intact


def closed(number: int) -> CallClosed:
    return CallClosed(call=f"c{number}", at="2026-01-01T00:00:00.000000Z", outcome="answered", status=200)


def write(folder: Path, numbers: range) -> None:
    async def run() -> None:
        trail = Trail(folder, "g1")
        await asyncio.gather(*(trail.append(closed(number)) for number in numbers))
        trail.close()

    asyncio.run(run())


def calls(folder: Path) -> list[str]:
    trail = Trail(folder, "g1")
    try:
        return [decode_record(place.payload).call for first in trail.files() for place in trail.read(first)]  # type: ignore[union-attr]
    finally:
        trail.close()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(1, 30))
def test_the_trail_goes_on_after_a_torn_tail(tmp_path_factory: pytest.TempPathFactory, torn: int, more: int) -> None:
    folder = tmp_path_factory.mktemp("trail")
    write(folder, range(10))
    path = folder / "trail-000000000000000.log"
    whole = path.read_bytes()
    head = size_of(next(payloads(whole))[1])
    path.write_bytes(whole[: max(head, len(whole) - torn)])
    left = calls(folder)
    assert left == [f"c{number}" for number in range(len(left))]
    write(folder, range(len(left), len(left) + more))
    assert calls(folder) == [f"c{number}" for number in range(len(left) + more)]


def test_numbers_go_on_through_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trails, "FILE_BYTES", 500)
    for start in range(0, 40, 4):
        write(tmp_path, range(start, start + 4))
    trail = Trail(tmp_path, "g1")
    assert len(trail.files()) > 3 and trail.next == 40
    numbers = [place.number for first in trail.files() for place in trail.read(first)]
    trail.close()
    assert numbers == list(range(40))


def test_a_middle_offset_reads_on_with_the_right_record(tmp_path: Path) -> None:
    write(tmp_path, range(5))
    trail = Trail(tmp_path, "g1")
    third = list(trail.read(0))[3]
    assert next(iter(trail.read(0, third.offset))).payload == third.payload
    trail.close()


def test_a_full_disk_refuses_this_call_and_every_later_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async def run() -> None:
        trail = Trail(tmp_path, "g1")
        await trail.append(closed(0))
        monkeypatch.setattr(trails.os, "fdatasync", full)
        with pytest.raises(Unavailable, match="not_durable"):
            await trail.append(closed(1))
        monkeypatch.undo()
        with pytest.raises(Unavailable, match="not_durable"):
            await trail.append(closed(2))
        assert trail.failed
        trail.close()

    asyncio.run(run())


def test_another_gateways_trail_is_not_gone_on_with(tmp_path: Path) -> None:
    write(tmp_path, range(3))
    with pytest.raises(Conflict, match="foreign"):
        Trail(tmp_path, "g2")
