"""Whatever a person may read has a sentence: every event, and every code that our own source raises."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from django.apps import apps

from zampa.desk.wording import has_text

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "zampa"
ERRORS = {"NotAllowed", "NotFound", "NotValid", "Conflict", "Unavailable"}
# told by the command line or in the gateway's own three languages, never on a page
ELSEWHERE = ("machine.", "gateway.")


def test_every_event_is_worded():
    missing = []
    for config in apps.get_app_configs():
        if config.name.startswith("zampa.") and (Path(config.path) / "events.py").exists():
            events = importlib.import_module(f"{config.name}.events").Event
            missing += [str(event) for event in events if not has_text(str(event))]
    assert not missing


def raised_codes() -> dict[str, str]:
    """Code -> where, of every error and fault built with a literal code."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = 0 if node.func.id in ERRORS | {"refused"} else 1 if node.func.id == "Fault" else None
            if place is None or len(node.args) <= place:
                continue
            code = node.args[place]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                found[code.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_code_is_worded():
    missing = {
        code: where for code, where in raised_codes().items() if not code.startswith(ELSEWHERE) and not has_text(code)
    }
    assert not missing
