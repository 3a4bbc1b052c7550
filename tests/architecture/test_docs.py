"""What the documents promise is there, and what is there is in the documents."""

from __future__ import annotations

import csv
import importlib
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from zampa.entrance.options import OPTIONS
from zampa.gateway.settings import ROWS as GATEWAY_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DUTIES = ROOT.parent / "shared" / "policy" / "clauses.csv"


def rows_of(page: str) -> dict[str, str]:
    """First cell in backticks -> rest of the line, of every table row of a page."""
    found = {}
    for line in (DOCS / page).read_text().splitlines():
        match = re.match(r"\| `([^`]+)` \|(.*)", line)
        if match:
            found[match[1]] = match[2]
    return found


def test_every_setting_has_its_line_with_its_default():
    told = rows_of("settings.md")
    there = {option.name: option.default for option in OPTIONS}
    there |= {row.name: str(row.default) for row in GATEWAY_SETTINGS}
    assert set(told) == set(there)
    wrong = [name for name, default in there.items() if default and f"`{default}`" not in told[name]]
    assert not wrong


def spelled_events() -> set[str]:
    names = set()
    for config in apps.get_app_configs():
        if config.name.startswith("zampa.") and (Path(config.path) / "events.py").exists():
            module = importlib.import_module(f"{config.name}.events")
            names |= {str(event) for event in module.Event}
    return names


def test_every_event_has_its_line():
    assert set(rows_of("events.md")) == spelled_events()


def test_every_event_is_spelled_room_subject_happened():
    assert not [name for name in spelled_events() if not re.fullmatch(r"[a-z]+:[a-z_]+:[a-z_]+", name)]


@pytest.mark.django_db
def test_every_endpoint_has_its_line():
    answer = Client().get("/api/openapi.json")
    paths = json.loads(answer.content)["paths"]
    there = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert set(rows_of("api.md")) == there


def names_something(reference: str) -> bool:
    """`zampa.room.module:name`, or `path/to/test.py::name`."""
    if "::" in reference:
        path, name = reference.split("::")
        return (ROOT / path).is_file() and bool(re.search(rf"def {re.escape(name)}\b", (ROOT / path).read_text()))
    module, _, name = reference.partition(":")
    try:
        return not name or hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


def clause_lines() -> list[dict[str, str]]:
    with (DOCS / "clauses.csv").open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def test_what_a_clause_names_exists():
    wrong = []
    for line in clause_lines():
        if line["carried_by"] == "open":
            continue
        names = [*line["carried_by"].split(), *line["proved_by"].split()]
        wrong += [f"{line['id']}: {name}" for name in names if not names_something(name)]
        if not line["proved_by"]:
            wrong.append(f"{line['id']}: no test")
    assert not wrong


def test_every_duty_has_a_clause_line():
    if not DUTIES.exists():
        pytest.skip("the list of duties lies in a folder beside the project that is not here")
    with DUTIES.open(encoding="utf-8") as text:
        duties = [line["id"] for line in csv.DictReader(text)]
    assert [line["id"] for line in clause_lines()] == duties


def test_readme_names_only_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text())) <= targets
