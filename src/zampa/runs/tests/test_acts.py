"""Runs between two real databases, from the start to the end, and what becomes of the rows kept back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from zampa.catalogue.models import Item, LineageEvent
from zampa.census import secrets
from zampa.contracts.flowspecs import Check
from zampa.flows.watching import Progress
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound
from zampa.identity.models import Message
from zampa.ledger.models import Body, Record
from zampa.runs import acts, queries
from zampa.runs.models import BadRow, Run
from zampa.runs.tests.story import BAD, ROWS, Story


def jobs(name: str) -> list[dict[str, Any]]:
    return list(ProcrastinateJob.objects.filter(task_name=name).values_list("args", flat=True))


def records(event: str) -> list[Record]:
    return list(Record.objects.filter(event=event))


def test_a_table_run_from_start_to_proof(story: Story) -> None:
    run = story.start()
    assert jobs("runs.perform_run") == [{"run_id": str(run.pk)}] and run.state == "waiting"
    done = acts.perform_run(run.pk)
    assert done is not None and done.state == "done", (done.error_code, done.error_params)
    done.refresh_from_db()
    assert (done.rows_read, done.rows_written, done.rows_bad) == (ROWS, ROWS - BAD, BAD)
    begun, over = LineageEvent.objects.filter(kind="delivery", run=run.pk).order_by("id")
    assert (begun.type, over.type) == ("START", "COMPLETE")
    assert over.content["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == ROWS - BAD
    assert done.digests_agree and done.bad_by_code == {"person.id_number": BAD}
    rows = story.arrived()
    assert len(rows) == ROWS - BAD and rows[0][2] == "扎***" and len(rows[0][1]) == 43
    assert jobs("exchange.run_finished") == [{"run_id": str(run.pk)}]
    (record,) = records("runs:run:done")
    body = Body.objects.get(record=record).content
    assert done.digest_stored in body and "540102" not in body
    assert acts.perform_run(run.pk) is None


def test_kept_rows_are_sealed_and_opened_for_their_owner_only(story: Story) -> None:
    run = story.start()
    acts.perform_run(run.pk)
    kept = list(BadRow.objects.filter(run=run))
    assert len(kept) == BAD and all("54010219500101001Z" not in row.sealed + row.commitment for row in kept)
    opened = acts.read_quarantine(by=story.police.actor("editor"), run_id=run.pk)
    assert [row.key for row in opened] == [{"id": "0"}, {"id": "1"}, {"id": "2"}]
    assert opened[0].values["身份号码"] == "54010219500101001Z" and opened[0].codes == ["person.id_number"]
    (read,) = records("runs:quarantine:read")
    assert '"rows":3' in Body.objects.get(record=read).content
    for other in (story.social.actor(), story.authority.actor("authority")):
        with pytest.raises(NotAllowed, match="owner_only"):
            acts.read_quarantine(by=other, run_id=run.pk)
        assert not queries.bad_rows_of(other, run).exists()
        assert queries.run(other, run.pk).rows_bad == BAD
    with pytest.raises(NotFound):
        queries.run(story.stranger.actor(), run.pk)
    told = Message.objects.filter(code="runs.message.quarantined")
    assert {message.person.department_id for message in told} == {story.police.row.pk} and told.count() == 2


def test_mended_rows_are_sent_again_and_forgotten(story: Story) -> None:
    run = story.start()
    acts.perform_run(run.pk)
    with pytest.raises(NotAllowed):
        acts.replay_quarantine(by=story.social.actor(), run_id=run.pk)
    story.at_source("UPDATE people SET id_number = (SELECT id_number FROM people WHERE id = 9) WHERE id IN (0, 1)")
    again = acts.replay_quarantine(by=story.police.actor(), run_id=run.pk)
    with pytest.raises(Conflict, match="under_way"):
        acts.replay_quarantine(by=story.police.actor(), run_id=run.pk)
    acts.perform_run(again.pk)
    again.refresh_from_db()
    run.refresh_from_db()
    assert (again.rows_written, again.rows_bad) == (ROWS - 1, 1) and len(story.arrived()) == ROWS - 1
    assert not run.bad_rows.exists() and run.sealed_key == "" and run.quarantine_cleared_at is not None
    assert again.bad_rows.count() == 1
    with pytest.raises(Conflict, match="nothing_kept"):
        acts.replay_quarantine(by=story.police.actor(), run_id=run.pk)


def test_kept_rows_go_after_thirty_days(story: Story) -> None:
    run = story.start()
    acts.perform_run(run.pk)
    assert acts.expire_quarantine(now=utc_now() + timedelta(days=29)) == 0
    assert acts.expire_quarantine(now=utc_now() + timedelta(days=31)) == 1
    run.refresh_from_db()
    assert not run.bad_rows.exists() and run.sealed_key == "" and run.rows_bad == BAD
    assert acts.expire_quarantine(now=utc_now() + timedelta(days=31)) == 0
    assert len(records("runs:quarantine:expired")) == 1


def test_too_many_bad_rows_end_the_run_and_leave_the_destination(story: Story) -> None:
    acts.perform_run(story.start(story.spec(checks=())).pk)
    assert len(story.arrived()) == ROWS
    run = story.start(story.spec(max_bad_rows=BAD - 1))
    ended = acts.perform_run(run.pk)
    assert ended is not None and (ended.state, ended.error_code) == ("failed", "flows.too_many_bad_rows")
    assert len(story.arrived()) == ROWS and ended.bad_rows.exists()
    assert {"run_id": str(run.pk)} in jobs("exchange.run_finished")
    (record,) = records("runs:run:failed")
    assert "flows.too_many_bad_rows" in Body.objects.get(record=record).content
    failed = LineageEvent.objects.get(run=run.pk, type="FAIL")
    assert failed.content["run"]["facets"]["errorMessage"]["message"] == "flows.too_many_bad_rows"


def test_a_wrong_password_is_one_clear_error_and_is_not_tried_again(story: Story) -> None:
    story.source.sealed_secret = secrets.seal(story.source.pk, {"secret": "wrong"})
    story.source.save()
    ended = acts.perform_run(story.start().pk)
    assert ended is not None and (ended.state, ended.error_code) == ("failed", "connectors.bad_password")
    assert "wrong" not in str(ended.error_params) and story.landed() == []


def test_a_silent_source_is_tried_again_later_and_given_up_at_last(story: Story) -> None:
    story.source.port = 1
    story.source.save()
    run = story.start()
    ProcrastinateJob.objects.all().delete()
    for attempt in range(1, 5):
        tried = acts.perform_run(run.pk)
        assert tried is not None and (tried.state, tried.attempt) == ("waiting", attempt)
        assert tried.error_code == "connectors.unreachable" and tried.next_at is not None
        assert len(jobs("runs.perform_run")) == 1
        assert jobs("exchange.run_finished") == []
    ended = acts.perform_run(run.pk)
    assert ended is not None and ended.state == "failed" and len(jobs("exchange.run_finished")) == 1


def test_a_broken_source_holds_the_run_until_it_is_mended(story: Story) -> None:
    why = {"columns": "name"}
    story.resource.attachments.update(state="broken", problem="catalogue.probe.columns", problem_params=why)
    run = story.start()
    ProcrastinateJob.objects.all().delete()
    for _ in range(2):
        held = acts.perform_run(run.pk)
        assert held is not None and (held.state, held.error_code) == ("paused", "catalogue.probe.columns")
        assert (held.error_params, held.attempt) == (why, 0)
    assert len(records("runs:run:paused")) == 1 and story.landed() == []
    assert acts.resume_runs() == 0 and jobs("exchange.run_finished") == []
    story.resource.attachments.update(state="live", problem="")
    assert acts.resume_runs() == 1 and len(jobs("runs.perform_run")) == 1
    done = acts.perform_run(run.pk)
    assert done is not None and (done.state, done.error_code) == ("done", "") and len(story.arrived()) == ROWS - BAD
    assert len(records("runs:run:resumed")) == 1


def test_a_column_dropped_since_the_last_look_pauses_the_run_and_fails_nothing(story: Story) -> None:
    for place, column in enumerate(("id", "id_number", "name"), start=1):
        kind = "integer" if column == "id" else "text"
        Item.objects.create(resource=story.resource, position=place, name=column, column=column, type=kind)
    story.at_source("ALTER TABLE people DROP COLUMN name")
    held = acts.perform_run(story.start().pk)
    assert held is not None and (held.state, held.error_code) == ("paused", "catalogue.probe.columns")
    assert story.resource.attachments.get().state == "broken" and jobs("exchange.run_finished") == []
    old = story.resource.attachments.get().probed_at
    story.at_source("ALTER TABLE people ADD COLUMN name text")
    story.resource.attachments.update(probed_at=old - timedelta(minutes=20))
    again = acts.perform_run(held.pk)  # looked at anew before it starts
    assert again is not None and again.state == "done"


def test_a_paused_run_can_be_stopped(story: Story) -> None:
    story.resource.attachments.update(state="broken", problem="connectors.timeout")
    run = story.start()
    acts.perform_run(run.pk)
    assert acts.cancel_run(by=story.police.actor(), run_id=run.pk).state == "cancelled"
    assert acts.resume_runs() == 0


def test_nothing_is_moved_when_the_source_is_no_longer_attached(story: Story) -> None:
    story.resource.attachments.update(state="ended")
    ended = acts.perform_run(story.start().pk)
    assert ended is not None and (ended.state, ended.error_code) == ("failed", "runs.run.nothing_attached")


def test_cancelling_before_and_while_it_moves(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = story.start()
    assert acts.cancel_run(by=story.police.actor(), run_id=waiting.pk).state == "cancelled"
    assert acts.perform_run(waiting.pk) is None and story.landed() == []
    with pytest.raises(Conflict, match="over"):
        acts.cancel_run(by=story.police.actor(), run_id=waiting.pk)
    run = story.start()
    monkeypatch.setattr("zampa.flows.watching.TELL_EVERY", 0.0)

    def asked(run: Run, progress: Progress) -> None:
        if progress.phase == "moving":
            Run.objects.filter(pk=run.pk).update(cancel_asked_at=utc_now())

    monkeypatch.setattr("zampa.runs.acts.moving._tell", asked)
    ended = acts.perform_run(run.pk)
    assert ended is not None and ended.state == "cancelled" and story.landed() == [] and not ended.bad_rows.exists()
    with pytest.raises(NotFound):
        acts.cancel_run(by=story.stranger.actor(), run_id=run.pk)


def test_a_run_that_kills_its_worker_each_time_is_given_up(story: Story) -> None:
    run = story.start()
    Run.objects.filter(pk=run.pk).update(state="running", attempt=5, heard_at=utc_now() - timedelta(minutes=5))
    ProcrastinateJob.objects.all().delete()
    assert acts.resume_runs() == 1 and len(jobs("runs.perform_run")) == 1
    assert acts.resume_runs() == 1 and len(jobs("runs.perform_run")) == 1  # still one job
    assert acts.perform_run(run.pk) is None
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "runs.run.gave_up")


def test_who_sees_which_runs(story: Story) -> None:
    story.start()
    seen = {name: queries.runs_of(house.actor(post)).count() for name, house, post in (
        ("police", story.police, "editor"), ("social", story.social, "editor"),
        ("authority", story.authority, "authority"), ("stranger", story.stranger, "editor"),
    )}
    assert seen == {"police": 1, "social": 1, "authority": 1, "stranger": 0}
    with pytest.raises(NotAllowed):
        acts.start_run(by=story.stranger.actor(), spec=story.spec(), delivery_id=story.resource.pk)


def test_checks_may_name_columns_that_are_not_delivered(story: Story) -> None:
    spec = story.spec(checks=(Check(code="name.long", field="姓名", kind="max_length", params={"length": 2}),))
    ended = acts.perform_run(story.start(spec).pk)
    assert ended is not None and ended.rows_bad == ROWS and ended.rows_written == 0 and ended.state == "done"
