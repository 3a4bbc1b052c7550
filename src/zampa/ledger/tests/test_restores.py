"""After a restore: nothing is signed before those who watched have spoken; late ones are heard as well."""

import json
from datetime import timedelta

import msgspec
import pytest

from zampa.evidence.checkpoints import read_checkpoint, read_epoch, sign_checkpoint
from zampa.evidence.suites import generate_key
from zampa.ground.clock import utc_now
from zampa.ledger import keys, models, queries, restores
from zampa.ledger.sequencer import sequence_pending
from zampa.ledger.tests.test_steps import _back_to, check, fill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.ZAMPA_KEYS_DIR = tmp_path / "keys"


def lost(tmp_path, first: int = 4, more: int = 3):
    """A log of `first` records as the archive has it; the checkpoint over `more` that a gateway still holds."""
    fill(first)
    kept = models.Checkpoint.objects.order_by("id").last()
    fill(more)
    newest = queries.latest_checkpoint()
    (tmp_path / "kept").write_text(msgspec.json.encode(newest).decode())
    _back_to(kept)
    return newest


def test_a_held_log_gives_no_place_and_signs_nothing(tmp_path):
    lost(tmp_path)
    restores.begin([], timedelta(minutes=10))
    assert fill(5) == 0 and queries.waiting()[0] == 5
    assert restores.note_told(teller="g1", signed=None) == {"g1"}
    statement = restores.end()
    assert (statement.epoch, statement.size, statement.lost_size) == (1, 4, 4)
    assert queries.waiting()[0] == 0 and queries.log_size() == 10  # five, and the record of the epoch itself
    assert restores.end() is None


def test_the_largest_told_checkpoint_names_the_gap(tmp_path, capsys):
    newest = lost(tmp_path)
    restores.begin([], timedelta(minutes=10))
    middle = read_checkpoint(newest)
    smaller = sign_checkpoint(msgspec.structs.replace(middle, size=6), keys.signing_key())
    stranger = sign_checkpoint(msgspec.structs.replace(middle, size=900), generate_key("ed25519"))
    for teller, signed in (("g1", smaller), ("g2", newest), ("g3", stranger)):
        told = restores.note_told(teller=teller, signed=signed)
    assert told == {"g1", "g2", "g3"}
    statement = restores.end()
    assert (statement.lost_size, statement.lost_root) == (7, middle.root)
    fill(9)
    status, found = check(tmp_path, capsys, "--hashes", "--since", tmp_path / "kept")
    assert (status, found["notes"][0][1]["lost"]) == (0, "6")


@pytest.mark.parametrize("since", [0, 5])
def test_who_speaks_late_is_heard_once(tmp_path, capsys, since):
    newest = lost(tmp_path)
    restores.begin([], timedelta(minutes=10))
    restores.end()
    fill(since)
    for _ in range(3):
        restores.note_told(teller="g1", signed=newest)
    said = [read_epoch(signed) for signed in queries.epochs()]
    assert [(one.epoch, one.reason) for one in said] == [(1, "restore"), (2, "told")]
    assert (said[1].lost_epoch, said[1].lost_size) == (0, max(7, said[1].size))
    sequence_pending()
    status, _ = check(tmp_path, capsys, "--bodies")
    assert status == 0


def test_a_log_that_holds_what_is_told_opens_nothing(tmp_path):
    fill(4)
    old = queries.latest_checkpoint()
    fill(3)
    for signed in (None, old, queries.latest_checkpoint()):
        assert restores.note_told(teller="g1", signed=signed) == set()
    assert queries.epochs() == ()


def test_an_archive_from_before_an_earlier_restore(tmp_path, capsys):
    fill(4)
    kept = models.Checkpoint.objects.get()
    restores.begin([], timedelta(0))
    restores.end()
    fill(3)
    newest = queries.latest_checkpoint()
    assert read_checkpoint(newest).epoch == 1
    _back_to(kept)
    models.Epoch.objects.all().delete()
    restores.begin([newest], timedelta(0))
    assert restores.end().epoch == 2
    assert check(tmp_path, capsys, "--hashes")[0] == 0


def test_waiting_ends_by_itself(tmp_path):
    lost(tmp_path)
    restores.begin([], timedelta(minutes=10))
    now = utc_now()
    assert restores.end_overdue(now + timedelta(minutes=9)) is None and restores.waiting() is not None
    assert restores.end_overdue(now + timedelta(minutes=11)) is not None and restores.waiting() is None


def test_what_was_told_is_kept_as_text(tmp_path):
    newest = lost(tmp_path)
    held = restores.begin([newest], timedelta(0))
    assert json.loads(held.told["archive-0"])["purpose"] == "checkpoint"
