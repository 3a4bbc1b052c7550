"""What must survive: an answered call, a dead centre, a dead gateway. Real processes, really killed."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from zampa.contracts.book import BookService
from zampa.contracts.calls import Call, CallOpened
from zampa.contracts.deliveries import Endpoint
from zampa.evidence.merkle import leaf_hash, root_of
from zampa.gateway.tests.standing import BEARER, Centre, Gateway, Quiet, Serving, grant, house
from zampa.gateway.trail import Trail, decode_record
from zampa.ground.digests import b64


def provider(call: Quiet) -> None:
    call.body()
    call.give(200, b"y" * 300)


def service(serving: Serving) -> list[tuple[BookService, Endpoint]]:
    made = BookService(id="s1", resource="res-1", kind="http", sealed="", methods=("GET", "POST"))
    return [(made, Endpoint(engine="http", url=serving.url))]


class Load:
    """Callers in threads; `answered` holds the number of every call whose whole answer arrived."""

    def __init__(self, gateway: Gateway, callers: int = 6, method: str = "GET") -> None:
        self.gateway = gateway
        self.answered: list[str] = []
        self.statuses: list[int] = []
        self.broken = 0
        self.stopping = False
        self.method = method
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(callers)]
        for thread in self.threads:
            thread.start()

    def run(self) -> None:
        while not self.stopping:
            try:
                body = b"{}" if self.method == "POST" else None
                status, headers, got = self.gateway.ask("/g/G-1/pass", method=self.method, body=body, bearer=BEARER)
            except OSError:
                self.broken += 1
                time.sleep(0.02)
                continue
            self.statuses.append(status)
            if status == 200 and got == b"y" * 300:
                self.answered.append(headers["zampa-call"])

    def stop(self) -> None:
        self.stopping = True
        for thread in self.threads:
            thread.join(timeout=20)


def in_trail(home: Path) -> dict[str, Any]:
    """Calls that the trail on disk holds as ended, read from a copy.

    A file being written beside its target (`.centre.json.new`) is renamed while a living gateway is copied: left out.
    """
    copy = home.with_name(home.name + "-copy")
    shutil.copytree(home / "trail", copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*.new"))
    trail = Trail(copy, "g1")
    found: dict[str, Any] = {}
    for first in trail.files():
        for place in trail.read(first):
            record = decode_record(place.payload)
            if isinstance(record, Call):
                found[record.opened.call] = record
            elif not isinstance(record, CallOpened):
                found[record.call] = record
    trail.close()
    shutil.rmtree(copy)
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_kill_9_loses_no_answered_call(tmp_path: Path, method: str) -> None:
    serving = Serving(provider)
    with house(tmp_path / "g") as (centre, gateway):
        centre.issue([grant("G-1", "s1", "pass")], service(serving))
        gateway.wait("/readyz")
        answered: list[str] = []
        for _ in range(3):
            load = Load(gateway, method=method)
            end = time.monotonic() + 20
            while len(load.answered) < 40 and time.monotonic() < end:
                time.sleep(0.05)
            gateway.kill()
            load.stop()
            answered += load.answered
            missing = set(answered) - in_trail(gateway.home).keys()
            assert not missing
            gateway.start()
        assert len(answered) > 50
        end = time.monotonic() + 15
        while len(centre.records) < len(in_trail(gateway.home)) and time.monotonic() < end:
            time.sleep(0.1)
        told = {record.get("call") or record["opened"]["call"] for record in centre.records}
        assert set(answered) <= told
        check_segments(centre)
    serving.stop()


def check_segments(centre: Centre) -> None:
    """Segments follow each other without a gap, and each root is over just its records."""
    assert not centre.bad
    following = 0
    for segment in centre.segments:
        assert segment.first == following and segment.count == len(segment.records) <= 10_000
        root = root_of(leaf_hash(record.encode()) for record in segment.records)
        assert segment.root == "sha256:" + b64(root)
        following = segment.first + segment.count
    assert len({segment.epoch for segment in centre.segments}) == 1
    identities = [text for segment in centre.segments for text in segment.records]
    assert not any("540102" in text or BEARER in text for text in identities)


def test_an_expired_book_refuses_all_and_a_restart_changes_nothing(tmp_path: Path) -> None:
    serving = Serving(provider)
    with house(tmp_path / "g") as (centre, gateway):
        assert gateway.code("/g/G-1/pass", bearer=BEARER) == (503, "gateway.book.none")
        centre.issue([grant("G-1", "s1", "pass")], service(serving), seconds=2)
        gateway.wait("/readyz")
        assert gateway.ask("/g/G-1/pass", bearer=BEARER)[0] == 200
        centre.stop()
        gateway.wait("/readyz", 503)
        assert gateway.code("/g/G-1/pass", bearer=BEARER) == (503, "gateway.book.expired")
        gateway.stop()
        gateway.start(ready=False)
        assert gateway.code("/g/G-1/pass", bearer=BEARER) == (503, "gateway.book.expired")
        assert json.loads(gateway.ask("/readyz")[2])["wrong"] == ["gateway.book.expired"]
    serving.stop()


def test_a_nonce_and_a_quota_are_remembered_over_kill_9(tmp_path: Path) -> None:
    serving = Serving(provider)
    with house(tmp_path / "g") as (centre, gateway):
        centre.issue([grant("G-1", "s1", "pass", quota_per_day=3)], service(serving))
        gateway.wait("/readyz")
        headers = gateway.signed("/g/G-1/pass")
        assert gateway.ask("/g/G-1/pass", headers=headers)[0] == 200
        assert gateway.ask("/g/G-1/pass", bearer=BEARER)[0] == 200
        gateway.kill()
        gateway.start()
        assert gateway.code("/g/G-1/pass", headers=headers) == (401, "gateway.signature.replayed")
        assert [gateway.code("/g/G-1/pass", bearer=BEARER)[0] for _ in range(2)] == [200, 429]
    serving.stop()


def test_a_centre_restored_from_the_past_is_told_again(tmp_path: Path) -> None:
    serving = Serving(provider)
    with house(tmp_path / "g") as (centre, gateway):
        centre.issue([grant("G-1", "s1", "pass")], service(serving))
        gateway.wait("/readyz")
        for _ in range(3):
            assert gateway.ask("/g/G-1/pass", bearer=BEARER)[0] == 200
            time.sleep(1.1)
        end = time.monotonic() + 10
        while len(centre.records) < 3 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(centre.segments) >= 2
        centre.segments, centre.accepted = centre.segments[:1], centre.segments[0].count - 1
        gateway.ask("/g/G-1/pass", bearer=BEARER)
        while len(centre.records) < 4 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(centre.records) == 4
        check_segments(centre)
    serving.stop()


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    with house(tmp_path / "g") as (centre, gateway):
        second = Gateway(gateway.home, centre)
        second.environment["ZAMPA_GATEWAY_ADDRESS"] = f"127.0.0.1:{second.port}"
        with pytest.raises(AssertionError):
            second.start_and_end()
        assert "gateway.folder.in_use" in gateway.log()
        assert gateway.process is not None and gateway.process.poll() is None
    assert os.path.exists(gateway.home / "enrolment.json")
