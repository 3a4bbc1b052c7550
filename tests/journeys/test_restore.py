"""What survives: killed gateways and databases, and a database that is lost for good. Real processes, really killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.house import House, Load, Provider
from zampa.entrance.machine.processes import answers, wait_for

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


class Granted:
    """A running installation in which one call is granted."""

    def __init__(self, house: House, number: str, key: str) -> None:
        self.house, self.number, self.key = house, number, key

    def call(self) -> tuple[int, str, str]:
        return self.house.call(self.number, self.key)

    def all_taken_in(self, answered: list[str], seconds: float = 20) -> None:
        """Every answered call reaches the centre; fails with how many are missing."""
        end = time.monotonic() + seconds
        while missing := set(answered) - self.house.state().answered:
            assert time.monotonic() < end, f"{len(missing)} of {len(answered)} answered calls are not in the ledger"
            time.sleep(0.1)


@pytest.fixture
def granted(tmp_path: Path) -> Iterator[Granted]:
    house, provider = House(tmp_path / "home"), Provider()
    try:
        house.start()
        found = house.ask("grant", provider.url)
        made = Granted(house, found["number"], found["key"])
        wait_for(lambda: made.call()[0] == 200, "the first granted call")
        yield made
    finally:
        house.stop()
        provider.stop()


def load(granted: Granted, during: Callable[[], object]) -> Load:
    made = Load(granted.call)
    time.sleep(0.5)
    during()
    made.stop()
    assert made.answered
    return made


def test_what_survives(granted: Granted, tmp_path: Path) -> None:
    """One installation, three blows, in this order."""
    a_killed_gateway_loses_no_answered_call(granted)
    a_killed_database_stops_no_granted_call(granted)
    a_lost_database_comes_back_and_says_what_is_missing(granted, tmp_path)


def a_killed_gateway_loses_no_answered_call(granted: Granted) -> None:
    def kill() -> None:
        granted.house.kill("gateway")
        granted.house.start_gateway()
        time.sleep(0.5)

    made = load(granted, kill)
    assert made.broken and not made.refused
    granted.all_taken_in(made.answered)


def a_killed_database_stops_no_granted_call(granted: Granted) -> None:
    house = granted.house

    def kill() -> None:
        house.kill_database(and_lose_it=False)
        before = len(made.answered)
        time.sleep(2)
        assert len(made.answered) > before + 20
        house.database_again()

    made = Load(granted.call)
    kill()
    made.stop()
    assert made.broken == 0 and not made.refused
    wait_for(lambda: answers(f"{house.web}/readyz"), "web")
    granted.all_taken_in(made.answered)


def a_lost_database_comes_back_and_says_what_is_missing(granted: Granted, tmp_path: Path) -> None:
    house, archive = granted.house, tmp_path / "archive.tar"
    house.run("zampa.entrance", "backup", str(archive))
    kept = house.state()
    house.ask("more", granted.number)
    wait_for(lambda: house.state().held > kept.held, "the book with the second key")
    between = [granted.call()[1] for _ in range(20)]
    granted.all_taken_in(between)

    def witnessed() -> bool:
        """Each push brings the gateway the newest checkpoint: call until it holds one over the acts of above."""
        between.append(granted.call()[1])
        time.sleep(0.5)
        return house.witnessed() > kept.size

    wait_for(witnessed, "a checkpoint at the gateway", 90)
    granted.all_taken_in(between)
    seen = house.state()
    assert seen.records > kept.records

    house.kill("web", "worker")
    house.kill_database(and_lose_it=True)
    meanwhile = load(granted, lambda: time.sleep(1))
    assert meanwhile.broken == 0 and not meanwhile.refused

    house.database_again()
    said = house.run("zampa.entrance", "restore", str(archive), "--replace")
    assert "gateway-1" in said
    back = house.state()
    assert back.size == kept.size and back.records == kept.records and not set(between) & back.answered
    house.start_centre()
    granted.all_taken_in(between + meanwhile.answered)
    (epoch,) = house.state().epochs
    assert (epoch["epoch"], epoch["size"], epoch["lost_epoch"]) == (1, kept.size, 0)
    assert kept.size < epoch["lost_size"] <= seen.size
    wait_for(lambda: house.state().held > seen.held, "a book above the one the gateway held")
    assert granted.call()[0] == 200
    verified(house, tmp_path)

    house.ask("revoke", granted.number)
    wait_for(lambda: granted.call()[0] == 403, "the end of the revoked grant", 5)


def verified(house: House, folder: Path) -> None:
    """An export of the log verifies offline with the installation's anchors."""
    house.run("zampa.entrance", "ledger", "export", str(folder / "log"), "--bodies")
    anchors = house.run("zampa.entrance", "keys", "anchors", "log")
    (folder / "anchors").write_text(anchors)
    said = house.run("zampa.evidence", str(folder / "log"), "--trust", str(folder / "anchors"))
    assert "epoch" in said.lower() or "纪元" in said
