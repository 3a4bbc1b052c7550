"""The house rules a machine keeps: layers, sizes, no string key that points up."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "zampa"
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [[re.sub(r"[()\s]", "", name) for name in line.split("|")] for line in LINTER["contracts"][0]["layers"]]
HEIGHT = {name: len(LAYERS) - index for index, line in enumerate(LAYERS) for name in line}
MOST_LINES, MOST_FUNCTION_LINES = 400, 50


def our_files(*patterns: str) -> list[Path]:
    files = [
        path
        for pattern in patterns
        for folder in ("src", "tests", "benchmarks")
        for path in (ROOT / folder).rglob(pattern)
    ]
    return [path for path in files if "migrations" not in path.parts and "__pycache__" not in path.parts]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(program), "--config", str(root / "pyproject.toml"), "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory):
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(SOURCE, root / "src" / "zampa", ignore=shutil.ignore_patterns("*.mo", "static", "templates"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_house_as_it_stands_keeps_its_contracts(copied_house):
    done = lint(copied_house)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("ledger/queries.py", "from zampa.identity import models as up", "rooms only look down"),
        ("evidence/merkle.py", "from zampa.connectors import registry as aside", "rooms only look down"),
        ("gateway/settings.py", "import django", "know no Django"),
        ("flows/masks.py", "import django", "know no Django"),
        ("exchange/rules/__init__.py", "import django", "rules are pure"),
        ("ground/clock.py", "from zampa.contracts import actors as up", "rooms only look down"),
        ("gateway/settings.py", "import duckdb", "takes masks and filters of flows"),
    ],
)
def test_each_contract_breaks_when_broken_on_purpose(copied_house, room, line, contract):
    path = copied_house / "src" / "zampa" / room
    before = path.read_text()
    path.write_text(before + f"\n{line}  # noqa\n")
    try:
        done = lint(copied_house)
    finally:
        path.write_text(before)
    assert done.returncode != 0
    broken = [row for row in done.stdout.splitlines() if row.rstrip().endswith("BROKEN")]
    assert any(contract in row for row in broken), done.stdout[-2000:]


def test_a_room_without_a_line_in_the_layers_is_noticed(copied_house):
    stray = copied_house / "src" / "zampa" / "cellar"
    stray.mkdir()
    (stray / "__init__.py").write_text("")
    try:
        assert lint(copied_house).returncode != 0
    finally:
        shutil.rmtree(stray)


def test_no_file_is_too_long():
    long = {
        str(path.relative_to(ROOT)): count
        for path in our_files("*.py", "*.html", "*.css", "*.js")
        if "build" not in path.parts and (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not long


def test_no_function_is_too_long_and_no_import_hides_in_one():
    wrong = []
    for path in our_files("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_FUNCTION_LINES:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines")
            if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} imports inside")
    assert not wrong


def test_no_room_is_called_by_what_it_is_made_of():
    banned = {"utils", "util", "core", "common", "helpers", "manager", "managers", "misc"}
    assert not [path for path in SOURCE.rglob("*.py") if path.stem in banned]


def test_no_foreign_key_points_up():
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("zampa."):
            continue
        own = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and field.related_model.__module__.startswith("zampa."):
                other = field.related_model.__module__.split(".")[1]
                if HEIGHT[other] > HEIGHT[own]:
                    wrong.append(f"{model.__name__}.{field.name} -> {other}")
    assert not wrong


def test_no_address_of_a_registry_and_no_path_of_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = re.compile(r"(?:npmjs|pypi|pythonhosted|debian)\.org|/root/|/work/|/home/[a-z]+/")
    wrong = []
    for name in listed:
        path = ROOT / name
        if path.suffix in {".png", ".gz", ".woff2", ".xlsx"} or not path.is_file() or path == Path(__file__):
            continue
        if hosts.search(path.read_text(errors="ignore")):
            wrong.append(name)
    assert not wrong
