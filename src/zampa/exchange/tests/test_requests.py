"""The way of a request through real tables: who may, what is refused, which clock runs, what the ledger keeps."""

from datetime import date, timedelta

import pytest

from zampa.approvals import acts as approvals
from zampa.approvals import queries as waiting
from zampa.approvals.models import CalendarDay
from zampa.exchange.acts import decisions, papers, requests, signing, steps
from zampa.exchange.models import Delivery, Grant, Request
from zampa.exchange.queries import scope
from zampa.exchange.rules.grants import GrantTerms, ItemDecision
from zampa.exchange.tests.story import MONDAY, TERMS, ask, granted, make_story, signed, submitted, words
from zampa.ground.clock import local_date
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.models import Message
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


def events(kind: str, pk: object) -> list[str]:
    rows = Record.objects.filter(subject_kind=kind, subject=str(pk)).order_by("id")
    return [event.removeprefix("exchange:") for event in rows.values_list("event", flat=True)]


def test_a_conditional_request_from_draft_to_grant():
    story = make_story()
    request = signed(story)
    assert (request.number, request.state, request.sharing) == ("R-2026-0001", "signed", "conditional")
    clock = steps.reply_clock(request)
    assert (clock.name, clock.days, str(clock.department_id)) == ("reply_conditional", 10, str(story.police.row.pk))
    assert local_date(clock.due - timedelta(seconds=1)) == date(2026, 12, 7)
    head = story.police.actor("sharing_head")
    assert [task.kind for task in waiting.tasks_for(head)] == [steps.DECIDE]
    said = words(request, id_number="drop", birth="year")
    grant = decisions.grant_request(by=head, request_id=request.pk, decisions=said, terms=TERMS, now=MONDAY)
    assert grant.number == "G-2026-0001"
    assert next((f.column, f.mask["kind"]) for f in grant.fields.all()) == ("id_number", "drop")
    request.refresh_from_db()
    assert (request.state, request.decided_by_name) == ("granted", head.name)
    assert steps.reply_clock(request).met_at == MONDAY
    assert not waiting.open_tasks(steps.request_subject(request)).exists()
    assert events("exchange.request", request.pk) == [
        "request:drafted", "request:submitted", "request:signed", "request:granted",
    ]  # fmt: skip
    delivery = Delivery.objects.get(grant=grant)
    assert (delivery.kind, delivery.state, delivery.first) == ("api", "waiting", True)
    assert waiting.clock_of(steps.delivery_subject(delivery), "delivery").due == delivery.due


def test_an_unconditional_request_is_granted_by_the_standing_decision_when_the_head_signs():
    story = make_story("unconditional")
    request = signed(story, ways=("file",), file_format="csv", system_id=None, calls_per_day=0)
    assert (request.state, request.by_standing_decision, request.decided_by_name) == ("granted", True, "公安厅负责人")
    assert steps.reply_clock(request).name == "reply_unconditional"
    assert steps.reply_clock(request).met_at == MONDAY
    assert not waiting.tasks_for(story.police.actor("sharing_head")).exists()
    assert {row.decision for row in request.items.all()} == {"yes"}
    record = Record.objects.get(event="exchange:request:granted", subject=str(request.pk))
    assert record.actor_kind == "system"
    assert Record.objects.get(pk=record.cause).event == "exchange:request:signed"


def test_without_a_live_source_an_unconditional_request_waits_for_the_provider():
    story = make_story("unconditional")
    story.attachment.state = "broken"
    story.attachment.save()
    request = signed(story, ways=("file",), file_format="csv", system_id=None, calls_per_day=0)
    assert request.state == "signed"
    assert steps.reply_clock(request).name == "reply_unconditional"


def test_an_incomplete_draft_tells_everything_at_once_and_changes_nothing():
    story = make_story()
    by = story.social.actor("editor")
    draft = requests.draft_request(by=by, resource_id=story.resource.pk, ask=ask(story, basis="", scope=""), now=MONDAY)
    with pytest.raises(NotValid) as caught:
        requests.submit_request(by=by, request_id=draft.pk, now=MONDAY)
    assert [fault.where for fault in caught.value.faults] == ["basis", "scope"]
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert Record.objects.filter(event="ledger:act:refused", subject="submit_request").exists()


def test_numbers_rise_by_year_in_shanghai_and_have_no_gaps():
    story = make_story()
    by = story.social.actor("editor")
    with pytest.raises(NotValid):
        requests.draft_request(by=by, resource_id=story.resource.pk, ask=ask(story, ways=("fly",)), now=MONDAY)
    late = MONDAY.replace(month=12, day=31, hour=16)  # already 2027 in Shanghai
    made = [submitted(story, moment).number for moment in (MONDAY, MONDAY, late)]
    assert made == ["R-2026-0001", "R-2026-0002", "R-2027-0001"]


def test_missing_papers_are_told_once_and_the_clock_runs_on():
    story = make_story()
    request = signed(story)
    head = story.police.actor("sharing_head")
    due = steps.reply_clock(request).due
    decisions.return_request(by=head, request_id=request.pk, missing=["授权委托书", " "], now=MONDAY)
    request.refresh_from_db()
    assert (request.state, request.missing) == ("returned", ["授权委托书"])
    assert [task.kind for task in waiting.tasks_for(story.social.actor("editor"))] == [steps.MEND]
    editor = story.social.actor("editor")
    papers.add_paper(by=editor, request_id=request.pk, name="委托书.pdf", content=b"%PDF-1.7 ...", now=MONDAY)
    requests.submit_request(by=editor, request_id=request.pk, now=MONDAY + timedelta(days=1))
    signing.sign_request(by=story.social.actor("sharing_head"), request_id=request.pk, now=MONDAY + timedelta(days=2))
    assert steps.reply_clock(request).due == due
    with pytest.raises(Conflict) as caught:
        decisions.return_request(by=head, request_id=request.pk, missing=["再来一份"], now=MONDAY)
    assert caught.value.code == "exchange.request.told_once"


def test_refusals_need_reasons_and_unconditional_sharing_is_not_refused():
    story = make_story()
    request = signed(story)
    head = story.police.actor("sharing_head")
    with pytest.raises(NotValid):
        decisions.refuse_request(by=head, request_id=request.pk, reason="不", now=MONDAY)
    decisions.refuse_request(by=head, request_id=request.pk, reason="超出法定职责范围", now=MONDAY)
    assert Request.objects.get(pk=request.pk).state == "refused"
    assert not Grant.objects.exists()
    open_story = make_story("unconditional")
    open_story.attachment.delete()
    other = signed(open_story, ways=("file",), file_format="csv", system_id=None, calls_per_day=0)
    with pytest.raises(Conflict) as caught:
        decisions.refuse_request(
            by=open_story.police.actor("sharing_head"), request_id=other.pk, reason="不想提供数据", now=MONDAY
        )
    assert caught.value.code == "exchange.request.unconditional_not_refused"


def test_every_item_is_decided_and_a_failed_decision_leaves_nothing():
    story = make_story()
    request = signed(story)
    head = story.police.actor("sharing_head")
    rows = list(request.items.all())
    said = [*words(request)[:2], ItemDecision(str(rows[2].pk), "no")]
    with pytest.raises(NotValid) as caught:
        decisions.grant_request(
            by=head,
            request_id=request.pk,
            decisions=said,
            terms=GrantTerms(TERMS.starts_on, date(2028, 1, 1), 5000),
            now=MONDAY,
        )
    found = {(fault.where, fault.code) for fault in caught.value.faults}
    assert found == {
        (f"reason_{rows[2].pk}", "exchange.grant.item_reason"),
        (f"verdict_{rows[3].pk}", "exchange.grant.item_undecided"),
        ("ends_on", "exchange.grant.longer_than_asked"),
        ("quota_per_day", "exchange.grant.more_than_asked"),
    }
    assert not Grant.objects.exists()
    assert waiting.open_tasks(steps.request_subject(request)).count() == 1


def test_who_may_do_what():
    story = make_story()
    request = submitted(story)
    editor, head = story.social.actor("editor"), story.social.actor("sharing_head")
    police = story.police.actor("sharing_head")
    with pytest.raises(NotAllowed):
        signing.sign_request(by=editor, request_id=request.pk, now=MONDAY)
    with pytest.raises(NotFound):  # the provider does not know of it before it is signed
        signing.sign_request(by=police, request_id=request.pk, now=MONDAY)
    signing.sign_request(by=head, request_id=request.pk, now=MONDAY)
    for wrong in (story.police.actor("editor"), head):
        with pytest.raises(NotAllowed):
            decisions.grant_request(by=wrong, request_id=request.pk, decisions=words(request), terms=TERMS, now=MONDAY)
    with pytest.raises(NotFound):
        decisions.grant_request(
            by=story.stranger.actor("sharing_head"), request_id=request.pk, decisions=[], terms=TERMS, now=MONDAY
        )
    refused = Record.objects.filter(event="ledger:act:refused").values_list("subject", flat=True)
    assert sorted(refused) == ["grant_request", "grant_request", "sign_request"]


def test_tenancy_of_requests_and_grants():
    story = make_story()
    draft = submitted(story)
    grant = granted(story)
    sees = {
        "requester": story.social.actor("editor"),
        "provider": story.police.actor("editor"),
        "authority": story.authority.actor("authority"),
        "auditor": story.auditor,
        "stranger": story.stranger.actor("sharing_head"),
        "admin": story.admin,
    }
    counts = {name: (scope.requests(actor).count(), scope.grants(actor).count()) for name, actor in sees.items()}
    assert counts == {
        "requester": (2, 1), "provider": (1, 1), "authority": (1, 1),
        "auditor": (2, 1), "stranger": (0, 0), "admin": (0, 0),
    }  # fmt: skip
    with pytest.raises(NotFound):
        scope.request(sees["provider"], draft.pk)
    with pytest.raises(NotFound):
        scope.grant(sees["stranger"], grant.pk)
    with pytest.raises(NotFound):
        scope.grant(sees["stranger"], "not-an-id")


def test_the_clock_counts_the_providers_working_days():
    story = make_story()
    for day in (date(2026, 11, 25), date(2026, 11, 26)):
        CalendarDay.objects.create(
            region=story.police.row.region, day=day, works=False, note="节日", edited_by="t", edited_at=MONDAY
        )
    request = signed(story)
    assert local_date(steps.reply_clock(request).due - timedelta(seconds=1)) == date(2026, 12, 9)


def test_an_extension_needs_the_authority_and_the_requester_is_told():
    story = make_story()
    request = signed(story)
    clock = steps.reply_clock(request)
    asked = approvals.ask_extension(
        by=story.police.actor("sharing_head"), clock_id=clock.pk, days=10, reason="需要核对户籍底册", now=MONDAY
    )
    with pytest.raises((NotAllowed, NotFound)):
        approvals.answer_extension(
            by=story.police.actor("sharing_head"), extension_id=asked.pk, verdict="yes", now=MONDAY
        )
    approvals.answer_extension(by=story.authority.actor("authority"), extension_id=asked.pk, verdict="yes", now=MONDAY)
    assert steps.reply_clock(request).due > clock.due
    assert Message.objects.filter(person=story.social.people["sharing_head"]).exists()


def test_withdrawing_ends_the_clock_and_every_task():
    story = make_story()
    request = signed(story)
    requests.withdraw_request(by=story.social.actor("editor"), request_id=request.pk, reason="不再需要", now=MONDAY)
    assert steps.reply_clock(request).met_at == MONDAY
    assert not waiting.tasks_for(story.police.actor("sharing_head")).exists()


def test_papers_are_kept_once_by_their_digest(settings, tmp_path):
    settings.ZAMPA_FILES_DIR = tmp_path
    story = make_story()
    by = story.social.actor("editor")
    made = [requests.draft_request(by=by, resource_id=story.resource.pk, ask=ask(story), now=MONDAY) for _ in range(2)]
    for draft in made:
        papers.add_paper(by=by, request_id=draft.pk, name="批复.pdf", content=b"%PDF-1.7 same", now=MONDAY)
    assert len([path for path in (tmp_path / "papers").rglob("*") if path.is_file()]) == 1
    with pytest.raises(Conflict):
        papers.add_paper(by=by, request_id=made[0].pk, name="again.pdf", content=b"%PDF-1.7 same", now=MONDAY)
    with pytest.raises(NotValid):
        papers.add_paper(by=by, request_id=made[0].pk, name="x.pdf", content=b"MZ not a pdf", now=MONDAY)
