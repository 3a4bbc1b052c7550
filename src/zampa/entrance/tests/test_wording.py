"""Every code that a room without Django raises has its sentence: a reader never meets a bare code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zampa.desk.wording import has_text

PACKAGE = Path(__file__).resolve().parents[2]
RAISED = re.compile(
    r"(?:NotAllowed|NotFound|NotValid|Conflict|Unavailable|Fault|Refusal)\(\s*(?:\w+,\s*)?\"([a-z]+(?:\.[a-z0-9_]+)+)\""
)


@pytest.mark.parametrize("room", ["connectors", "flows", "evidence", "gateway", "entrance", "desk"])
def test_every_code_of_the_room_is_worded(room: str) -> None:
    codes = {
        code
        for path in (PACKAGE / room).rglob("*.py")
        if not {"tests", "machine", "management"} & set(path.parts)
        for code in RAISED.findall(path.read_text(encoding="utf-8"))
        if code.startswith(f"{room}.")
    }
    assert codes
    assert sorted(code for code in codes if not has_text(code)) == []
