"""What is over its time goes, what is held stays, and the document says what the table says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app

from zampa.catalogue.models import Resource
from zampa.contracts.actors import SYSTEM, Subject
from zampa.entrance import retention
from zampa.exchange.acts import holding, papers, requests
from zampa.exchange.models import CallRow, Gateway, Grant, Request, TrailSegment
from zampa.exchange.tests.story import MONDAY, Story, ask, granted, make_story
from zampa.ground.errors import NotAllowed, NotValid
from zampa.ledger.acts import enter
from zampa.ledger.models import Body, Record
from zampa.ledger.sequencer import sequence_pending

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[4] / "docs" / "retention.md"
LATER = MONDAY + timedelta(days=retention.YEAR + 1)
MUCH_LATER = MONDAY + timedelta(days=3 * retention.YEAR + 1)


@pytest.fixture
def story(settings: Any, tmp_path: Path) -> Iterator[Story]:
    settings.ZAMPA_FILES_DIR = tmp_path
    yield make_story()


def test_the_document_tells_the_table() -> None:
    told = re.findall(r"^\| `(\w+)` \| (\w+) \| `([^`]+)` \|", PAGE.read_text(), re.M)
    there = [(rule.name, str(rule.days or "always"), rule.by) for rule in retention.RULES]
    assert told == there


def test_every_job_the_table_names_exists_and_what_the_nightly_one_ends_has_its_act() -> None:
    app.perform_import_paths()
    jobs = {rule.by for rule in retention.RULES if "." in rule.by}
    assert jobs <= set(app.tasks)
    for rule in retention.RULES:
        assert (rule.end is not None) == (rule.by == retention.JOB), rule.name


def draft(story: Story, name: str, content: bytes) -> Request:
    by = story.social.actor("editor")
    made = requests.draft_request(by=by, resource_id=story.resource.pk, ask=ask(story), now=MONDAY)
    papers.add_paper(by=by, request_id=made.pk, name=name, content=content, now=MONDAY)
    return made


def test_old_drafts_go_with_their_papers_and_a_shared_file_stays(story: Story) -> None:
    old, kept = draft(story, "一.pdf", b"%PDF-1.7 own"), draft(story, "二.pdf", b"%PDF-1.7 shared")
    papers.add_paper(
        by=story.social.actor("editor"), request_id=old.pk, name="同.pdf", content=b"%PDF-1.7 shared", now=MONDAY
    )
    own, shared = (papers.paper_path(digest) for digest in old.papers.order_by("name").values_list("digest", flat=True))
    holding.hold_request(by=story.auditor, request_id=kept.pk, reason="审计〔2026〕3号", now=MONDAY)
    assert retention.carry_out(now=LATER - timedelta(days=2)) == {}
    assert not Record.objects.filter(event="entrance:retention:carried_out").exists()
    assert retention.carry_out(now=LATER) == {"request_drafts": 1}
    assert list(Request.objects.values_list("pk", flat=True)) == [kept.pk]
    assert (own.exists(), shared.exists()) == (False, True)
    entered = Record.objects.get(event="entrance:retention:carried_out")
    assert '"request_drafts":1' in entered.body.content
    holding.release_request(by=story.auditor, request_id=kept.pk, reason="结案", now=LATER)
    assert retention.carry_out(now=LATER) == {"request_drafts": 1}
    assert not shared.exists()


def test_drafts_of_the_catalogue_go_and_published_entries_stay(story: Story) -> None:
    for name, moment in (("旧", MONDAY), ("新", LATER)):
        Resource.objects.create(
            name=name, provider=story.police.row, state="draft", sharing="conditional", created_by_name="x",
            created_at=MONDAY, updated_at=moment, code=f"x/{name}",
        )  # fmt: skip
    assert retention.carry_out(now=LATER) == {"catalogue_drafts": 1}
    assert set(Resource.objects.values_list("name", flat=True)) == {"新", story.resource.name}


def segment(gateway: Gateway, first: int, moment: datetime) -> TrailSegment:
    record = enter(
        event="exchange:segment:taken_in", by=SYSTEM, subject=Subject("exchange.gateway", str(gateway.pk)), at=moment
    )
    return TrailSegment.objects.create(
        gateway=gateway, epoch="e", first=first, count=1, root="x", opened=moment, closed=moment, received_at=moment,
        record=record, content=b"x",
    )  # fmt: skip


def called(gateway: Gateway, number: int, moment: datetime, grant: Grant | None = None) -> CallRow:
    place = segment(gateway, number, moment)
    return CallRow.objects.create(
        gateway=gateway, call=f"c{number}", at=moment, grant=grant.pk if grant else None, opened_segment=place,
        closed_segment=place,
    )  # fmt: skip


def test_calls_go_after_three_years_with_their_segments_and_their_bodies_unless_held(story: Story) -> None:
    grant = granted(story)
    gateway = Gateway.objects.create(
        name="g", sign_public="x", sign_key_id="x", seal_public="x", enrolled_at=MONDAY, heard_at=MONDAY
    )
    kept = called(gateway, 0, MONDAY, grant)
    refused, fresh = called(gateway, 1, MONDAY), called(gateway, 2, MUCH_LATER)
    fetched = enter(event="runs:file:fetched", by=SYSTEM, subject=Subject("runs.run", str(grant.request_id)), at=MONDAY)
    sequence_pending()
    holding.hold_request(by=story.auditor, request_id=grant.request_id, reason="案号 7", now=MONDAY)
    gone = retention.carry_out(now=MUCH_LATER)
    assert gone == {"calls": 1, "trail_segments": 1, "use_records": 1}
    assert set(CallRow.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}
    assert not TrailSegment.objects.filter(pk=refused.opened_segment_id).exists()
    assert not Body.objects.filter(record=refused.opened_segment.record).exists()
    assert Body.objects.filter(record=kept.opened_segment.record).exists()
    assert Body.objects.filter(record=fetched).exists()
    holding.release_request(by=story.auditor, request_id=grant.request_id, reason="结案", now=MUCH_LATER)
    assert retention.carry_out(now=MUCH_LATER) == {"calls": 1, "trail_segments": 1, "use_records": 2}
    assert list(TrailSegment.objects.all()) == [fresh.opened_segment]
    assert Record.objects.filter(pk=fetched).exists()  # its place and proof stay
    assert Body.objects.filter(record__event="exchange:request:granted").exists()


def test_a_hold_is_the_watchers_and_needs_a_reason(story: Story) -> None:
    grant = granted(story)
    for by in (story.police.actor("sharing_head"), story.social.actor("sharing_head")):
        with pytest.raises(NotAllowed):
            holding.hold_request(by=by, request_id=grant.request_id, reason="不想删")
    with pytest.raises(NotValid):
        holding.hold_request(by=story.auditor, request_id=grant.request_id, reason=" ")
    client = Client()
    officer = story.authority.people["authority"]
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("exchange:request", args=[grant.request_id])
    hold, release = (reverse(f"exchange:request_{step}", args=[grant.request_id]) for step in ("hold", "release"))
    assert hold in client.get(page).content.decode()
    assert client.post(hold, {"reason": "来函 12 号"}).status_code == 303
    shown = client.get(page).content.decode()
    assert "来函 12 号" in shown and release in shown and hold not in shown
    client.post(release, {"reason": "已复函"})
    assert Request.objects.get(pk=grant.request_id).held_at is None
    assert Record.objects.filter(event__in=["exchange:request:held", "exchange:request:released"]).count() == 2
