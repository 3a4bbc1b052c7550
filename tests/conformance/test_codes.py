"""What the connectors promise in words: every code is listed, worded, and gets the parameters its text names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from zampa.connectors import protocols
from zampa.connectors.registry import ENGINES
from zampa.entrance.wording_connectors import WORDING

ROOM = Path(protocols.__file__).parent
PER_PLACE = {
    "broken_line",
    "cell_outside",
    "error_cell",
    "formula_cell",
    "header_doubled",
    "header_empty",
    "huge_cell",
    "ragged_row",
}


def raised() -> list[tuple[str, set[str]]]:
    """Each code with the names it is raised with."""
    found = []
    for path in ROOM.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                code = node.args[0].value
                if isinstance(code, str) and code.startswith("connectors."):
                    found.append((code, {keyword.arg for keyword in node.keywords if keyword.arg}))
    return found


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    quoted = set(re.findall(r'"(connectors\.[a-z_]+)"', "".join(path.read_text() for path in ROOM.rglob("*.py"))))
    assert quoted == set(WORDING)


def test_every_code_of_an_error_is_in_the_protocol() -> None:
    listed = set(re.findall(r"(?:connectors)?\.([a-z_]+)", str(protocols.__doc__)))
    assert {code.removeprefix("connectors.") for code in WORDING} - PER_PLACE <= listed


def test_texts_get_what_they_name() -> None:
    calls = raised()
    assert len(calls) > 60
    for code, given in calls:
        wanted = set(re.findall(r"%\((\w+)\)s", str(WORDING[code])))
        assert wanted <= given, (code, wanted - given)


def test_the_page_on_connectors_names_every_engine() -> None:
    page = (ROOM.parents[2] / "docs" / "connectors.md").read_text()
    for engine in ENGINES:
        assert f"| `{engine}` |" in page
