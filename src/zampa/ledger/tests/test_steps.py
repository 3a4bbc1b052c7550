"""Keys, epochs, the end of bodies; and that exports of all of it verify."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.db import connection

from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.evidence.__main__ import main as verify
from zampa.evidence.checkpoints import announced_key, read_checkpoint
from zampa.evidence.keystore import load
from zampa.evidence.suites import generate_key, key_id
from zampa.ground.errors import Conflict, NotAllowed, Unavailable
from zampa.ledger import exports, keys, models, queries, restores, steps
from zampa.ledger.acts import Entry, enter_many
from zampa.ledger.events import Event
from zampa.ledger.sequencer import sequence_pending

pytestmark = pytest.mark.django_db

CLERK = Actor(kind="person", id="p-1", name="卓玛", department="d-1")
AUDIT = Actor(kind="person", id="p-2", name="边巴", department="d-9", posts=frozenset({"audit_admin"}))
SECURITY = Actor(kind="person", id="p-3", name="次仁", posts=frozenset({"security_admin"}))


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """A key folder a test: rotations stay its own."""
    settings.ZAMPA_KEYS_DIR = tmp_path / "keys"


def fill(count: int, event: str = "demo:thing:made") -> int:
    things = [Subject("demo.thing", str(n), "名") for n in range(count)]
    enter_many([Entry(event=event, by=CLERK, subject=thing, facts={"n": 1}) for thing in things])
    return sequence_pending()


def restored(known):
    restores.begin(known, timedelta(minutes=10))
    return restores.end()


def check(tmp_path, capsys, what: str, *arguments) -> tuple[int, dict]:
    """Export the log and verify it with its own anchors."""
    assert exports.main(["anchors", str(tmp_path / "anchors")]) == 0
    assert exports.main(["export", str(tmp_path / "log"), what]) == 0
    capsys.readouterr()
    status = verify([str(tmp_path / "log"), "--trust", str(tmp_path / "anchors"), *map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("what", ["--hashes", "--bodies"])
@pytest.mark.parametrize("suite", ["international", "guomi"])
def test_an_export_verifies(tmp_path, capsys, settings, what, suite):
    settings.ZAMPA_SUITE = suite
    for count in (1, 255, 300):
        fill(count)
    status, found = check(tmp_path, capsys, what)
    assert (status, found["records"], found["checkpoints"]) == (0, 556, 3)
    text = (tmp_path / "log").read_text()
    assert ("demo.thing" in text) == ("名" in text) == (what == "--bodies")
    assert (tmp_path / "log").stat().st_mode & 0o077 == (0 if what == "--bodies" else 0o044)
    assert models.Record.objects.filter(event=Event.BODIES_EXPORTED).count() == (what == "--bodies")


def test_bodies_leave_by_the_audit_administrators_hand_only(tmp_path):
    fill(1)
    with (tmp_path / "log").open("wb") as file:
        assert exports.export_bodies(by=AUDIT, file=file) == 1
        with pytest.raises(NotAllowed):
            exports.export_bodies(by=CLERK, file=file)
    assert models.Record.objects.filter(event=Event.ACT_REFUSED, subject="export_bodies").exists()


@pytest.mark.parametrize(("sql", "problem"), [
    ("UPDATE ledger_body SET content = replace(content, '卓玛', '扎西') WHERE record_id = %s", "log.body"),
    ("UPDATE ledger_record SET leaf = replace(leaf, 'p-1', 'p-7') WHERE id = %s", "log.leaf"),
])
def test_a_change_in_the_database_is_located(tmp_path, capsys, sql, problem):
    fill(400)
    victim = models.Position.objects.get(number=317).record_id
    with connection.cursor() as cursor:
        cursor.execute(sql, [victim])
    status, found = check(tmp_path, capsys, "--bodies")
    assert (status, found["problem"], found["record"]) == (1, problem, 317)


def test_a_key_is_announced_before_it_signs(tmp_path, capsys):
    fill(3)
    first = keys.anchors()[0]
    (tmp_path / "old-anchor").write_text(first.text)
    with pytest.raises(NotAllowed):
        steps.announce_key(by=CLERK)
    with pytest.raises(Conflict, match="nothing_announced"):
        steps.rotate_key(by=SECURITY)
    coming = steps.announce_key(by=SECURITY)
    with pytest.raises(Conflict, match="not_yet_announced"):
        steps.rotate_key(by=SECURITY)
    fill(2)
    assert announced_key(read_checkpoint(queries.latest_checkpoint())) == coming
    assert queries.latest_checkpoint().key_id == key_id(first)
    assert steps.rotate_key(by=SECURITY) == coming
    fill(2)
    assert queries.latest_checkpoint().key_id == key_id(coming)
    assert read_checkpoint(queries.latest_checkpoint()).announces == ""
    assert len(queries.announcements()) == 1
    assert check(tmp_path, capsys, "--hashes")[0] == 0
    assert verify([str(tmp_path / "log"), "--trust", str(tmp_path / "old-anchor")]) == 0
    assert verify([str(tmp_path / "log"), "--trust", str(_anchor(tmp_path, generate_key("ed25519").public))]) == 3


def _anchor(tmp_path, key):
    (tmp_path / "stranger").write_text(key.text)
    return tmp_path / "stranger"


def test_a_lost_key_is_an_error_and_never_replaced():
    fill(1)
    (keys.folder() / "log.key").unlink()
    with pytest.raises(Unavailable, match="missing"):
        fill(1)
    assert queries.log_size() == 1 and queries.waiting()[0] == 1


def test_a_locked_key_is_opened_by_its_passphrase_file(settings, tmp_path):
    settings.ZAMPA_PASSPHRASE_FILE = tmp_path / "word"
    settings.ZAMPA_PASSPHRASE_FILE.write_text("开门\n")
    fill(1)
    with pytest.raises(Unavailable, match="locked"):
        load(keys.folder(), "log")
    settings.ZAMPA_PASSPHRASE_FILE = None
    with pytest.raises(Unavailable, match="locked"):
        fill(1)


def test_a_restore_opens_an_epoch_that_names_the_gap(tmp_path, capsys):
    fill(4)
    kept = models.Checkpoint.objects.get()
    fill(3)
    newest = queries.latest_checkpoint()
    (tmp_path / "kept").write_text(msgspec.json.encode(newest).decode())
    _back_to(kept)
    stranger = generate_key("ed25519")
    forged = msgspec.structs.replace(newest, key_id=key_id(stranger.public))
    statement = restored([forged, newest])
    assert (statement.epoch, statement.size, statement.lost_size, statement.lost_epoch) == (1, 4, 7, 0)
    fill(10)
    status, found = check(tmp_path, capsys, "--bodies", "--since", tmp_path / "kept")
    assert status == 0 and found["notes"][0][0] == "note.epoch" and found["notes"][0][1]["lost"] == "6"
    assert models.Record.objects.filter(event=Event.EPOCH_OPENED).count() == 1
    second = restored([])
    assert (second.epoch, second.lost_size) == (2, second.size)
    assert check(tmp_path, capsys, "--hashes")[0] == 0


def test_a_log_cut_in_secret_is_found_by_a_kept_checkpoint(tmp_path, capsys):
    fill(4)
    kept = models.Checkpoint.objects.get()
    fill(3)
    (tmp_path / "kept").write_text(msgspec.json.encode(queries.latest_checkpoint()).decode())
    _back_to(kept)
    status, found = check(tmp_path, capsys, "--hashes", "--since", tmp_path / "kept")
    assert (status, found["problem"], found["record"]) == (1, "log.cut", 4)
    fill(9)
    status, found = check(tmp_path, capsys, "--hashes", "--since", tmp_path / "kept")
    assert (status, found["problem"]) == (1, "log.since")


def _back_to(kept: models.Checkpoint) -> None:
    """The database as it was, as an old copy brings it back."""
    models.Checkpoint.objects.filter(id__gt=kept.id).delete()
    gone = models.Position.objects.filter(number__gte=kept.size)
    ids = list(gone.values_list("record_id", flat=True))
    gone.delete()
    models.Body.objects.filter(record_id__in=ids).delete()
    models.Record.objects.filter(id__in=ids).delete()
    for tile in models.Tile.objects.all():
        tile.hashes, tile.twin = bytes(tile.hashes)[: kept.size * 32], bytes(tile.twin)[: kept.size * 32]
        tile.save()


def test_bodies_end_and_the_log_stays_whole(tmp_path, capsys):
    fill(5)
    fill(2, "demo:thing:kept")
    later = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(NotAllowed):
        steps.delete_bodies(by=AUDIT, before=later, events=["demo:thing:made"])
    models.Record.objects.filter(event=Event.ACT_REFUSED).delete()
    assert steps.delete_bodies(by=SYSTEM, before=later - timedelta(days=2), events=["demo:thing:made"]) == 0
    assert steps.delete_bodies(by=SYSTEM, before=later, events=["demo:thing:made"]) == 5
    sequence_pending()
    status, found = check(tmp_path, capsys, "--bodies")
    assert status == 0 and found["notes"] == [["note.bodies_deleted", {"count": "5"}]]
    record = models.Record.objects.filter(event="demo:thing:made").first()
    assert queries.body_of(CLERK, record) is None and queries.holds(queries.proof_of(record.id))
