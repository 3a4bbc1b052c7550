"""`zampa verify`: checks an exported log, an evidence file or a running log; offline but for `--live`.

Believes the anchors of `--trust` and nobody else. Exit status: 0 all right; 1 something is wrong, with the number of
the first bad record; 2 the file cannot be read; 3 consistent, but signed by nobody trusted.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from zampa.contracts.book import Signed
from zampa.evidence.checkpoints import read_checkpoint
from zampa.evidence.envelopes import signature_holds
from zampa.evidence.filecheck import verify_file
from zampa.evidence.files import read as read_file
from zampa.evidence.keystore import read_anchors
from zampa.evidence.live import verify_live
from zampa.evidence.logcheck import verify_log
from zampa.evidence.suites import PublicKey, key_id
from zampa.evidence.verdicts import UNREADABLE, Verdict, language_of, sentences
from zampa.ground.errors import NotValid

MOST = 256 << 20


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="zampa verify", description=__doc__.split("\n\n")[0] if __doc__ else "")
    what = made.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an exported log or an evidence file")
    what.add_argument("--live", metavar="ADDRESS", help="a running installation, http:// or https://")
    made.add_argument("--trust", action="append", type=Path, default=[], metavar="ANCHORFILE",
                      help="public keys to believe, one a line; may be given more than once")
    made.add_argument("--since", type=Path, metavar="CHECKPOINT",
                      help="a checkpoint kept from before: finds a cut tail")
    made.add_argument("--processes", type=int, default=0, help="how many processes check a long log (default: as fits)")
    made.add_argument("--json", action="store_true", help="the finding as JSON")
    return made


def judge(given: argparse.Namespace) -> Verdict:
    """The verdict over what the command line names."""
    anchors: list[PublicKey] = []
    for path in given.trust:
        try:
            anchors += read_anchors(path)
        except (OSError, UnicodeDecodeError, NotValid):
            return Verdict(exit=UNREADABLE, problem="trust", params={"file": str(path)})
    since: Signed | None = None
    if given.since is not None:
        since = _since(given.since, anchors)
        if since is None:
            return Verdict(exit=UNREADABLE, problem="since")
    if given.live:
        return verify_live(given.live, anchors, since)
    try:
        return _file(given.file, anchors, since, given.processes)
    except OSError as error:
        return Verdict(exit=UNREADABLE, problem="file", params={"why": str(error)})


def _file(path: Path, anchors: list[PublicKey], since: Signed | None, processes: int) -> Verdict:
    """A log says so in its first line; everything else is read as an evidence file."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start[:1] == b"{" and b'"is":"log"' in start.split(b"\n")[0]:
        return verify_log(path, anchors, since, processes)
    try:
        if path.stat().st_size > MOST:
            raise NotValid("evidence.log.not_a_log")
        return verify_file(read_file(path.read_bytes()), anchors, since)
    except NotValid as error:
        params = {name: str(value) for name, value in error.params.items()}
        return Verdict(exit=UNREADABLE, problem=error.code.removeprefix("evidence."), params=params)


def _since(path: Path, anchors: list[PublicKey]) -> Signed | None:
    """A kept checkpoint: the envelope alone, or the answer of /api/ledger/checkpoint; None when it is neither, or names
    a trusted key that did not sign it."""
    try:
        data = msgspec.json.decode(path.read_bytes())
        signed = msgspec.convert(data.get("checkpoint", data) if isinstance(data, dict) else data, Signed)
        read_checkpoint(signed)
        key = {key_id(anchor): anchor for anchor in anchors}.get(signed.key_id)
        return signed if key is None or signature_holds(signed, key) else None
    except (OSError, ValueError, NotValid):
        return None


def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    verdict = judge(given)
    if given.json:
        print(msgspec.json.encode(verdict).decode())
    else:
        for line in sentences(verdict, language_of(dict(os.environ))):
            print(line)
    return verdict.exit


if __name__ == "__main__":
    sys.exit(main())
