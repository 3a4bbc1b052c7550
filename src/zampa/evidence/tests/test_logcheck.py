"""Whatever is done to an exported log is found, with the exit status and the place that are promised."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zampa.evidence.__main__ import main
from zampa.evidence.logcheck import verify_log
from zampa.evidence.suites import generate_key
from zampa.evidence.tests.made import KEY, OTHER, Log, anchor_file, grown, lines_of, rehash, rewrite

SIZES = (3, 10, 260, 560)  # after each step of `grown`


@pytest.fixture
def trust(tmp_path):
    return anchor_file(tmp_path / "anchors")


def check(path, capsys, *arguments) -> tuple[int, dict]:
    status = main([str(path), *map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


def records(lines) -> dict[int, int]:
    """Record number -> index of its line."""
    return {line["n"]: at for at, line in enumerate(lines) if line["is"] == "record"}


@pytest.mark.parametrize("contents", ["bodies", "hashes"])
@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
def test_a_whole_log_is_right(tmp_path, trust, capsys, contents, hash_name):
    path = grown(tmp_path / "log", contents, hash_name=hash_name)
    status, found = check(path, capsys, "--trust", trust)
    assert (status, found["records"], found["checkpoints"], found["size"]) == (0, 560, 4, 560)


@pytest.mark.parametrize("algorithm", ["sm2-sm3", "ecdsa-p256-sha256"])
def test_every_suite_signs(tmp_path, capsys, algorithm):
    key = generate_key(algorithm)
    path = grown(tmp_path / "log", steps=(2, 2), key=key)
    assert check(path, capsys, "--trust", anchor_file(tmp_path / "a", key))[0] == 0


def test_without_a_trusted_signer_it_is_consistent_and_no_more(tmp_path, trust, capsys):
    path = grown(tmp_path / "log")
    assert check(path, capsys)[0] == 3
    assert check(path, capsys, "--trust", anchor_file(tmp_path / "other", OTHER))[0] == 3
    forged = grown(tmp_path / "forged", key=OTHER)
    assert check(forged, capsys, "--trust", trust)[0] == 3


@pytest.mark.parametrize("number", [0, 1, 9, 259, 260, 559])
def test_a_changed_body_or_leaf_is_found_at_its_record(tmp_path, trust, capsys, number):
    def bend(change) -> tuple[int, str, int]:
        lines = lines_of(grown(tmp_path / "log"))
        change(lines[records(lines)[number]])
        status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
        return status, found["problem"], found["record"]

    assert bend(lambda line: line["body"].update(actor_name="扎西")) == (1, "log.body", number)
    assert bend(lambda line: line.pop("salt")) == (1, "log.body", number)
    assert bend(lambda line: line["leaf"].update(actor="q")) == (1, "log.leaf", number)
    assert bend(lambda line: line.update(hash=base64.b64encode(bytes(32)).decode())) == (1, "log.leaf", number)
    assert bend(lambda line: line.update(twin=base64.b64encode(bytes(32)).decode())) == (1, "log.leaf", number)
    assert bend(lambda line: line.pop("leaf")) == (1, "log.leaf_missing", number)
    assert bend(lambda line: line.pop("twin")) == (1, "log.line", number)
    assert bend(lambda line: line.pop("hash")) == (1, "log.line", number)


def test_a_record_changed_with_its_hash_is_found_between_two_checkpoints(tmp_path, trust, capsys):
    for number, interval in ((0, (0, 2)), (5, (3, 9)), (100, (10, 259)), (559, (260, 559))):
        lines = lines_of(grown(tmp_path / "log"))
        line = lines[records(lines)[number]]
        line["leaf"]["actor"] = "q"
        rehash(line)
        status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
        assert (status, found["problem"], found["record"], found["until"]) == (1, "log.root", *interval)


def test_a_dropped_record_is_found(tmp_path, trust, capsys):
    for number in (0, 3, 100, 558):
        lines = lines_of(grown(tmp_path / "log"))
        del lines[records(lines)[number]]
        status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
        assert (status, found["problem"], found["record"]) == (1, "log.number", number)
    lines = lines_of(grown(tmp_path / "log"))
    del lines[records(lines)[559]]
    status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
    assert (status, found["problem"], found["record"]) == (1, "log.missing", 559)


def test_dropped_swapped_and_inserted_records_under_new_numbers_are_found_in_their_interval(tmp_path, trust, capsys):
    def renumber(lines):
        for number, line in enumerate(line for line in lines if line["is"] == "record"):
            line["n"] = number

    def drop(lines):
        del lines[records(lines)[100]]

    def swap(lines):
        at = records(lines)
        lines[at[100]], lines[at[200]] = lines[at[200]], lines[at[100]]

    def insert(lines):
        lines.insert(records(lines)[100], json.loads(json.dumps(lines[records(lines)[50]])))

    for bend, wanted in ((drop, "log.missing"), (swap, "log.root"), (insert, "log.checkpoint")):
        lines = lines_of(grown(tmp_path / "log"))
        bend(lines)
        renumber(lines)
        status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
        assert (status, found["problem"]) == (1, wanted)
        assert 10 <= found["record"] <= found.get("until", found["record"]) <= 260


def test_swapped_and_inserted_records_that_kept_their_numbers_are_found_at_once(tmp_path, trust, capsys):
    lines = lines_of(grown(tmp_path / "log"))
    at = records(lines)
    lines[at[100]], lines[at[101]] = lines[at[101]], lines[at[100]]
    assert check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)[1]["record"] == 100
    lines = lines_of(grown(tmp_path / "log"))
    lines.insert(at[100], lines[at[99]])
    assert check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)[1]["record"] == 100


def test_records_that_no_checkpoint_covers_are_not_right(tmp_path, trust, capsys):
    log = Log()
    log.add(3)
    log.sign()
    log.add(2)
    status, found = check(log.write(tmp_path / "log"), capsys, "--trust", trust)
    assert (status, found["problem"], found["record"], found["until"]) == (1, "log.uncovered", 3, 4)


def test_a_cut_tail_is_found_with_a_kept_checkpoint(tmp_path, trust, capsys):
    log = Log()
    kept = []
    for _ in range(3):
        log.add(4)
        kept.append(log.sign())
    paths = []
    for number, signed in enumerate(kept):
        paths.append(tmp_path / f"kept-{number}")
        paths[-1].write_text(json.dumps({name: getattr(signed, name) for name in signed.__struct_fields__}))
    whole = log.write(tmp_path / "log")
    for path in paths:
        assert check(whole, capsys, "--trust", trust, "--since", path)[0] == 0
    lines = lines_of(whole)
    cut = rewrite(tmp_path / "cut", lines[: records(lines)[8]])
    assert check(cut, capsys, "--trust", trust)[0] == 0, "a cut log is right in itself"
    assert check(cut, capsys, "--trust", trust, "--since", paths[1])[0] == 0
    status, found = check(cut, capsys, "--trust", trust, "--since", paths[2])
    assert (status, found["problem"], found["record"], found["until"]) == (1, "log.cut", 8, 11)
    other = grown(tmp_path / "other", steps=(4, 4, 4))
    status, found = check(other, capsys, "--trust", trust, "--since", paths[1])
    assert (status, found["problem"]) == (1, "log.since")
    (tmp_path / "no").write_text("{}")
    assert check(whole, capsys, "--since", tmp_path / "no")[0] == 2


@pytest.mark.parametrize("position", [0, 1, 3])
def test_a_forged_checkpoint_is_found(tmp_path, trust, capsys, position):
    def checkpoints(lines):
        return [at for at, line in enumerate(lines) if line["is"] == "checkpoint"]

    start = (0, *SIZES)[position]
    for name, value in (("signature", base64.urlsafe_b64encode(bytes(64)).decode().rstrip("=")), ("payload", "e30")):
        lines = lines_of(grown(tmp_path / "log"))
        lines[checkpoints(lines)[position]]["signed"][name] = value
        status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
        assert status == 1 and found["record"] == start and found["problem"] in {"log.signature", "log.checkpoint"}
    lines = lines_of(grown(tmp_path / "log"))
    payload = json.loads(base64.urlsafe_b64decode(lines[checkpoints(lines)[position]]["signed"]["payload"] + "=="))
    payload["at"] = "2026-11-25T00:00:00.000000Z"
    bent = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    lines[checkpoints(lines)[position]]["signed"]["payload"] = bent
    status, found = check(rewrite(tmp_path / "log", lines), capsys)
    assert (status, found["problem"], found["record"]) == (1, "log.signature", start), "found even without any anchor"


def test_a_tail_signed_by_a_stranger_is_found(tmp_path, trust, capsys):
    log = Log()
    log.add(4)
    log.sign()
    log.add(3)
    log.sign(key=OTHER)
    status, found = check(log.write(tmp_path / "log"), capsys, "--trust", trust)
    assert (status, found["problem"], found["record"], found["until"]) == (1, "log.signer", 4, 6)


def test_an_announced_key_is_trusted_from_then_on_and_not_before(tmp_path, trust, capsys):
    log = Log()
    log.add(4)
    log.sign(announces=OTHER)
    log.add(3)
    log.sign(key=OTHER)
    assert check(log.write(tmp_path / "log"), capsys, "--trust", trust)[0] == 0
    early = Log()
    early.add(2)
    early.sign(key=OTHER)
    early.add(2)
    early.sign(announces=OTHER)
    status, found = check(early.write(tmp_path / "early"), capsys, "--trust", trust)
    assert status == 0 and found["notes"] == [["note.strangers", {"count": "1"}]], "its word alone would not do"
    early.add(1)
    early.sign(key=OTHER)
    assert check(early.write(tmp_path / "early"), capsys, "--trust", trust)[0] == 0
    newer = anchor_file(tmp_path / "newer", OTHER)
    assert check(tmp_path / "log", capsys, "--trust", newer)[0] == 0, "one who knows the new key only"
    # A forger who names an announced key must still have signed with it.
    lines = lines_of(tmp_path / "log")
    lines[-1]["signed"]["signature"] = lines[5]["signed"]["signature"]
    status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
    assert (status, found["problem"]) == (1, "log.signature")


def test_checkpoints_out_of_place_are_found(tmp_path, trust, capsys):
    for changes in ({"origin": "elsewhere"}, {"epoch": 1}, {"size": 3}, {"at": "2020-01-01T00:00:00.000000Z"}):
        log = Log()
        log.add(2)
        log.sign()
        log.add(2)
        log.sign(**changes)
        status, found = check(log.write(tmp_path / "log"), capsys, "--trust", trust)
        assert (status, found["problem"], found["record"]) == (1, "log.checkpoint", 2)
    log = Log()
    log.add(2)
    log.sign(twin_root="sm3:" + base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="))
    assert check(log.write(tmp_path / "log"), capsys, "--trust", trust)[1]["problem"] == "log.twin"


def test_a_restore_is_told_and_a_gap_is_no_wider_than_it_says(tmp_path, trust, capsys):
    before = Log()
    before.add(4)
    before.sign()
    lost = Log()
    lost.bodies, lost.lines = list(before.bodies), list(before.lines)
    lost.add(5)
    newest = lost.sign()
    lost.add(1)
    beyond = lost.sign()
    before.open_epoch(lost_size=9)
    before.add(20)
    before.sign()
    path = before.write(tmp_path / "log")
    for number, signed in enumerate((newest, beyond)):
        fields = {name: getattr(signed, name) for name in signed.__struct_fields__}
        (tmp_path / f"kept-{number}").write_text(json.dumps(fields))
    status, found = check(path, capsys, "--trust", trust, "--since", tmp_path / "kept-0")
    assert status == 0 and found["notes"][0][0] == "note.epoch" and found["notes"][0][1]["lost"] == "8"
    status, found = check(path, capsys, "--trust", trust, "--since", tmp_path / "kept-1")
    assert (status, found["problem"]) == (1, "log.since")
    unsaid = Log()
    unsaid.add(4)
    unsaid.sign()
    unsaid.epoch = 1
    unsaid.add(1)
    unsaid.sign()
    assert check(unsaid.write(tmp_path / "unsaid"), capsys, "--trust", trust)[1]["problem"] == "log.checkpoint"


def test_what_cannot_be_read_is_said_to_be_so(tmp_path, trust, capsys):
    assert check(tmp_path / "absent", capsys)[0] == 2
    (tmp_path / "text").write_text("nothing of ours\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").write_bytes(b"")
    for name in ("text", "bytes", "empty"):
        status, found = check(tmp_path / name, capsys)
        assert (status, found["problem"]) == (2, "log.not_a_log")
    path = grown(tmp_path / "log")
    assert check(path, capsys, "--trust", tmp_path / "absent")[0] == 2
    (tmp_path / "bad").write_text("ed25519:short\n")
    assert check(path, capsys, "--trust", tmp_path / "bad")[0] == 2
    newer = Log().write(tmp_path / "newer", format=3)
    assert check(newer, capsys)[1]["problem"] == "format.newer"


def test_the_format_before_is_read(tmp_path, trust, capsys):
    log = Log()
    log.add(300)
    log.sign(twin_root="")
    path = log.write(tmp_path / "log", format=0)
    lines = lines_of(path)
    for line in lines:
        line.pop("twin", None)
    assert check(rewrite(path, lines), capsys, "--trust", trust)[0] == 0
    lines[5]["leaf"]["actor"] = "q"
    assert check(rewrite(path, lines), capsys, "--trust", trust)[1]["record"] == 4


def test_deleted_bodies_are_told_and_change_nothing(tmp_path, trust, capsys):
    lines = lines_of(grown(tmp_path / "log"))
    for number in (5, 6):
        del lines[records(lines)[number]]["salt"], lines[records(lines)[number]]["body"]
    status, found = check(rewrite(tmp_path / "log", lines), capsys, "--trust", trust)
    assert status == 0 and found["notes"] == [["note.bodies_deleted", {"count": "2"}]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bent_byte_passes(tmp_path_factory, data):
    """Any one byte of an export, changed: either the bytes that are read stay the same, or it is not right."""
    path = tmp_path_factory.mktemp("bent") / "log"
    raw = bytearray(_small(path))
    spot = data.draw(st.integers(raw.index(b"\n") + 1, len(raw) - 1))
    raw[spot] = data.draw(st.integers(32, 126).filter(lambda byte: byte != raw[spot]))
    path.write_bytes(bytes(raw))
    verdict = verify_log(path, [KEY.public])
    if verdict.exit == 0:
        assert _meaning(path) == _meaning_of(_SMALL[0])
    else:
        assert verdict.exit in {1, 3}


_SMALL: list[bytes] = []


def _small(path) -> bytes:
    if not _SMALL:
        log = Log()
        for step in (2, 3):
            log.add(step)
            log.sign()
        _SMALL.append(log.write(path).read_bytes())
    return _SMALL[0]


def _meaning(path) -> list:
    return _meaning_of(path.read_bytes())


def _meaning_of(raw: bytes) -> list:
    """What a reader takes from it: base64 may spell the same bytes twice, unknown members are not read, and a blank
    parts two records as well as the end of a line does."""
    lines, rest = [], raw[raw.index(b"\n") :].decode().strip()
    while rest:
        line, end = json.JSONDecoder().raw_decode(rest)
        lines.append(line)
        rest = rest[end:].strip()
    for line in lines:
        for name in ("hash", "twin", "salt"):
            if name in line:
                line[name] = base64.b64decode(line[name])
        if "signed" in line:
            signed = line["signed"]
            line["signed"] = {n: base64.urlsafe_b64decode(signed[n] + "==") for n in ("payload", "signature")}
    return lines
