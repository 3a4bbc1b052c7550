"""File deliveries: byte for byte what was sent, marked beside the cells, fetched by the requester only."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook

from zampa.ground.clock import utc_now
from zampa.ground.errors import NotAllowed, NotFound
from zampa.ledger.models import Body, Record
from zampa.runs import acts
from zampa.runs.acts import moving
from zampa.runs.models import Run
from zampa.runs.tests.story import BAD, ROWS, Story


def performed(story: Story, kind: str) -> tuple[Run, Path]:
    run = acts.perform_run(story.start(story.file_spec(kind)).pk)
    assert run is not None and run.state == "done", run and (run.error_code, run.error_params)
    return run, moving.folder_of(run) / f"JF-2026-0001.{kind}"


def read(path: Path, kind: str) -> list[list[Any]]:
    if kind == "csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [list(row) for row in csv.reader(file)]
    if kind == "xlsx":
        return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    table = pyarrow.parquet.read_table(path)
    return [table.column_names, *[list(row.values()) for row in table.to_pylist()]]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_each_format_holds_the_rows_and_its_digest(story: Story, kind: str) -> None:
    run, path = performed(story, kind)
    rows = read(path, kind)
    assert rows[0] == ["编号", "身份号码", "姓名"] and len(rows) == 1 + ROWS - BAD
    assert rows[1][2] == "扎***" and len(rows[1][1]) == 43
    assert run.files[0]["name"] == path.name
    assert run.files[0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert run.digests_agree and run.rows_bad == BAD


def test_the_mark_names_the_requester_and_changes_no_cell(story: Story) -> None:
    run, path = performed(story, "csv")
    assert "人社厅" not in path.read_text(encoding="utf-8-sig")
    beside = [file["name"] for file in run.files if file["name"] != path.name]
    assert beside and "人社厅" in json.dumps(json.loads((path.parent / beside[0]).read_text()), ensure_ascii=False)


def test_only_the_requester_fetches_and_each_time_is_entered(story: Story) -> None:
    run, path = performed(story, "csv")
    assert acts.fetch_file(by=story.social.actor("editor"), run_id=run.pk, name=path.name) == path
    record = Record.objects.get(event="runs:file:fetched")
    assert run.files[0]["sha256"] in Body.objects.get(record=record).content
    with pytest.raises(NotAllowed, match="requester_only"):
        acts.fetch_file(by=story.police.actor(), run_id=run.pk, name=path.name)
    with pytest.raises(NotFound):
        acts.fetch_file(by=story.stranger.actor(), run_id=run.pk, name=path.name)
    for name in ("../../../etc/passwd", "other.csv", ""):
        with pytest.raises(NotFound):
            acts.fetch_file(by=story.social.actor(), run_id=run.pk, name=name)


def test_files_go_after_thirty_days(story: Story) -> None:
    run, path = performed(story, "csv")
    assert acts.expire_files(now=utc_now() + timedelta(days=29)) == 0 and path.exists()
    assert acts.expire_files(now=utc_now() + timedelta(days=31)) == 1 and not path.exists()
    with pytest.raises(NotFound):
        acts.fetch_file(by=story.social.actor(), run_id=run.pk, name=path.name)


def test_a_file_run_that_fails_leaves_no_file(story: Story) -> None:
    ended = acts.perform_run(story.start(story.file_spec("csv", max_bad_rows=0)).pk)
    assert ended is not None and ended.state == "failed" and not moving.folder_of(ended).exists()
