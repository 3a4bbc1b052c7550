"""The end of the story: the log is exported and verified, and a copy that was tampered with is caught."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from zampa.demo.cast import Cast
from zampa.demo.telling import StoryBroken, wait_until
from zampa.evidence import keystore
from zampa.ledger import keys
from zampa.ledger.exports import export_bodies
from zampa.ledger.models import Pending


def export(cast: Cast, folder: Path) -> tuple[Path, Path, int]:
    """The whole log with its bodies, as the audit administrator takes it, and the anchors to trust."""
    wait_until(lambda: not Pending.objects.exists(), "the sequencer")
    log, anchors = folder / "ledger.ndjson", folder / "trusted.anchors"
    with log.open("wb") as file:
        count = export_bodies(by=cast.actor("audit_admin"), file=file)
    lines = [key.text for key in keystore.anchors(keys.folder(), keys.NAME)]
    anchors.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return log, anchors, count


def verify(log: Path, anchors: Path) -> tuple[int, str]:
    """`zampa verify` as anybody runs it: a process of its own, without database or settings; exit status and words."""
    done = subprocess.run(
        [sys.executable, "-m", "zampa.evidence", str(log), "--trust", str(anchors)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def tamper(log: Path, told: str, instead: str) -> tuple[Path, int]:
    """A copy of the log in which one record says `instead` where it said `told`; where it lies, and which record."""
    lines = log.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        if told in line:
            lines[place] = line.replace(told, instead, 1)
            copy = log.with_name("tampered.ndjson")
            copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
            return copy, int(json.loads(line)["n"])
    raise StoryBroken(f"no record says {told}")
