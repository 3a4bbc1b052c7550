"""An evidence file proves its story, and nothing bent, foreign or unsigned passes."""

import json

import msgspec
import pytest

from zampa.contracts.actors import Subject
from zampa.contracts.evidence import EVIDENCE_FORMAT
from zampa.evidence import files, merkle
from zampa.evidence.__main__ import main
from zampa.evidence.tests.made import KEY, OTHER, anchor_file, evidence
from zampa.ground.digests import b64

replace = msgspec.structs.replace


@pytest.fixture
def verify(tmp_path, capsys):
    def run(file, *arguments, trust=KEY) -> tuple[int, dict]:
        path = tmp_path / "evidence.json"
        path.write_bytes(file if isinstance(file, bytes) else files.write(file))
        trusted = ["--trust", str(anchor_file(tmp_path / "anchors", trust))] if trust else []
        status = main([str(path), *trusted, *map(str, arguments), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run


def bend(file, number: int, /, **changes):
    """The file with one record changed."""
    records = tuple(replace(r, **changes) if r.number == number else r for r in file.records)
    return replace(file, records=records)


def test_a_whole_story_is_right(verify):
    _, file = evidence()
    assert verify(file)[0] == 0
    assert verify(msgspec.json.encode(file))[0] == 0, "however it is laid out"
    assert verify(file, trust=None)[0] == 3
    assert verify(file, trust=OTHER)[0] == 3


@pytest.mark.parametrize("number", [4, 5, 8, 9, 10])
def test_a_bent_record_is_named(verify, number):
    _, file = evidence()
    record = next(r for r in file.records if r.number == number)
    for changes, problem in (
        ({"leaf": record.leaf.replace('"actor":"p"', '"actor":"q"')}, "file.proof"),
        ({"path": record.path[:-1]}, "file.proof"),
        ({"path": ("?", *record.path[1:])}, "log.leaf"),
        ({"body": record.body.replace("卓玛", "扎西")}, "log.body"),
        ({"salt": ""}, "log.body"),
    ):
        status, found = verify(bend(file, number, **changes))
        assert (status, found["record"], found["problem"]) == (1, number, problem)
    status, found = verify(bend(file, number, number=number + 1))
    assert (status, found["record"], found["problem"]) == (1, number + 1, "file.proof")


def test_a_record_whose_body_is_withheld_still_proves_that_it_was(verify):
    _, file = evidence()
    assert verify(bend(file, 5, salt="", body=""))[0] == 0


def test_a_true_record_of_another_story_is_refused(verify):
    log, file = evidence()
    foreign = replace(file.records[0], number=0, leaf=log.bodies[0][0], salt="", body="", path=_path(log, 0))
    status, found = verify(replace(file, records=(*file.records, foreign)))
    assert (status, found["record"], found["problem"]) == (1, 0, "file.link")
    status, found = verify(replace(file, subject=Subject("exchange.request", "another")))
    assert (status, found["problem"]) == (1, "file.link")


def test_a_bent_call_is_told_at_its_segment(verify):
    _, file = evidence()
    call = file.calls[0]
    for changes, problem in (
        ({"record": call.record.replace('"status":200', '"status":500')}, "file.proof"),
        ({"index": 3}, "file.proof"),
        ({"count": 6}, "file.proof"),
        ({"path": call.path[1:]}, "file.proof"),
        ({"segment": 9}, "file.link"),
    ):
        status, found = verify(replace(file, calls=(replace(call, **changes),)))
        assert (status, found["record"], found["problem"]) == (1, changes.get("segment", 10), problem)
    status, found = verify(replace(file, calls=()))
    assert (status, found["record"], found["problem"]) == (1, 10, "file.link"), "a segment that no call needs"


def test_a_call_under_another_grant_is_refused(verify):
    _, file = evidence()
    without = tuple(r for r in file.records if r.role not in {"grant", "delivery"})
    status, found = verify(replace(file, records=without))
    assert (status, found["record"], found["problem"]) == (1, 10, "file.link")


def test_the_checkpoint_must_hold(verify):
    _, file = evidence()
    for changes, problem in (
        ({"signature": file.checkpoint.signature[:-4] + "AAAA"}, "log.signature"),
        ({"payload": "e30"}, "log.checkpoint"),
        ({"purpose": "book"}, "log.checkpoint"),
    ):
        status, found = verify(replace(file, checkpoint=replace(file.checkpoint, **changes)))
        assert (status, found["problem"]) == (1, problem)
    assert verify(replace(file, origin="elsewhere"))[1]["problem"] == "log.checkpoint"


def test_an_announced_key_needs_its_announcement(verify):
    _, file = evidence(announced=True)
    assert verify(file)[0] == 0
    assert verify(replace(file, announcements=()))[0] == 3
    assert verify(replace(file, announcements=()), trust=OTHER)[0] == 0


def test_since_tells_another_state_of_the_same_size(verify, tmp_path):
    _, file = evidence()
    log, _ = evidence()
    kept = tmp_path / "kept"
    for signed, status in ((file.checkpoint, 0), (log.sign(), 1)):
        kept.write_bytes(msgspec.json.encode(signed))
        assert verify(file, "--since", kept)[0] == status


def test_formats(verify):
    _, file = evidence()
    assert verify(replace(file, format=EVIDENCE_FORMAT + 1))[1]["problem"] == "format.newer"
    old = json.loads(files.write(replace(file, format=EVIDENCE_FORMAT - 1)))
    del old["announcements"]
    assert verify(json.dumps(old).encode())[0] == 0
    assert verify(b'{"is":"evidence"}')[0] == 2
    assert verify(b"\xff\xfe")[0] == 2


def _path(log, number: int) -> tuple[str, ...]:
    subtree = merkle.subtrees_of([merkle.leaf_hash(leaf.encode()) for leaf, _, _ in log.bodies])
    return tuple(b64(part) for part in merkle.inclusion(subtree, number, log.size))
