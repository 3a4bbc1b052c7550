"""Clocks, tasks, calendars, extensions and leavers on a real database."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from zampa.approvals import acts, policy, queries
from zampa.approvals.events import Event
from zampa.approvals.models import Clock, PolicyProfile, Task
from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.ground.clock import SHANGHAI, utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity import queries as people
from zampa.identity.models import Department
from zampa.identity.tests.cast import a_department, a_person, an_actor
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
REQUEST = Subject("exchange.request", "r-1", "人口信息申请")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=SHANGHAI)


def a_clock(
    department: Department, name: str = "reply_conditional", subject: Subject = REQUEST, **given: object
) -> Clock:
    return acts.start_clock(subject=subject, name=name, department_id=department.pk, received=MONDAY, **given)  # type: ignore[arg-type]


def a_task(department: Department, kind: str = "exchange.review", clock: Clock | None = None) -> Task:
    return acts.open_task(
        kind=kind, department_id=department.pk, post="sharing_head", subject=REQUEST, url_name="inbox", clock=clock
    )


def test_a_clock_keeps_its_profile_version() -> None:
    department = a_department()
    clock = a_clock(department)
    assert clock.due == day(12, 8)
    assert (clock.profile.code, clock.profile.version) == ("2025-809", 1)
    newer = policy.text(policy.stored(clock.profile.data)).replace(b'"days":10', b'"days":12')
    assert acts.load_profile(by=SYSTEM, data=newer).version == 2
    assert acts.load_profile(by=SYSTEM, data=newer).version == 2
    clock.refresh_from_db()
    assert (clock.profile.version, clock.due) == (1, day(12, 8))
    later = a_clock(department, subject=Subject("exchange.request", "r-2"))
    assert (later.profile.version, later.days) == (2, 12)


def test_one_clock_of_a_name_runs_at_a_time() -> None:
    department = a_department()
    a_clock(department)
    with pytest.raises(Conflict, match="runs_already"):
        a_clock(department)
    met = acts.meet_clock(subject=REQUEST, name="reply_conditional", now=day(11, 25))
    assert met is not None
    assert not met.late_at(utc_now())
    assert acts.meet_clock(subject=REQUEST, name="reply_conditional") is None
    a_clock(department)
    found = queries.clock_of(REQUEST, "reply_conditional")
    assert found is not None
    assert found.met_at is None
    with pytest.raises(NotValid, match="no_such_clock"):
        a_clock(department, "reply_whenever")


def test_working_days_left() -> None:
    clock = a_clock(a_department())
    for now, left in ((MONDAY, 10), (day(11, 28), 6), (day(12, 7), 0), (day(12, 8), -1)):
        assert queries.working_days_left(clock, now) == left
    assert list(queries.overdue(day(12, 8))) == [clock]
    assert not queries.overdue(datetime(2026, 12, 7, 23, 59, tzinfo=SHANGHAI)).exists()


def test_a_calendar_change_moves_open_clocks_and_says_so() -> None:
    lhasa, nagqu = a_department("拉萨市民政局", "540100"), a_department("那曲市民政局", "540600")
    in_lhasa = a_clock(lhasa)
    in_nagqu = a_clock(nagqu, subject=Subject("exchange.request", "r-2"))
    met = a_clock(lhasa, subject=Subject("exchange.request", "r-3"))
    acts.meet_clock(subject=Subject("exchange.request", "r-3"), name="reply_conditional", now=day(11, 24))
    task = a_task(lhasa, clock=in_lhasa)
    moved = acts.set_calendar_days(
        by=SYSTEM,
        region_code="540100",
        days={date(2026, 11, 26): False, date(2026, 11, 27): False},
        note="拉政办〔2026〕9号",
    )
    assert moved == 1
    for row in (in_lhasa, in_nagqu, met, task):
        row.refresh_from_db()
    assert (in_lhasa.due, in_nagqu.due, met.due, task.due) == (day(12, 10), day(12, 8), day(12, 8), day(12, 10))
    change = queries.changes_of(in_lhasa).last()
    assert change is not None
    assert (change.what, change.due_before, change.reason) == ("calendar", day(12, 8), "拉政办〔2026〕9号")
    assert acts.set_calendar_days(by=SYSTEM, region_code="540000", days={date(2026, 11, 28): True}, note="调休") == 2
    assert acts.set_calendar_days(by=SYSTEM, region_code="540100", days={date(2026, 11, 28): False}, note="不调休") == 1
    cleared = {date(2026, 11, 26): None, date(2026, 11, 27): None, date(2026, 11, 28): None}
    acts.set_calendar_days(by=SYSTEM, region_code="540100", days=cleared, note="撤销通知")
    in_lhasa.refresh_from_db()
    assert in_lhasa.due == day(12, 5)
    assert Record.objects.filter(event=Event.CALENDAR_CHANGED).count() == 4


def test_calendars_are_kept_by_their_authority() -> None:
    lhasa = a_department("拉萨市大数据局", "540100", governs=True)
    officer = an_actor(lhasa, "authority")
    acts.set_calendar_days(by=officer, region_code="540100", days={date(2026, 8, 12): False}, note="雪顿节")
    with pytest.raises(NotAllowed, match="authority_only"):
        acts.set_calendar_days(by=officer, region_code="540600", days={date(2026, 8, 12): False}, note="雪顿节")
    with pytest.raises(NotValid) as error:
        acts.set_calendar_days(by=SYSTEM, region_code="540102", days={}, note="")
    assert len(error.value.faults) == 3


def test_the_inbox_is_what_ones_posts_wait_for() -> None:
    police, weather = a_department("公安厅"), a_department("气象局")
    task = a_task(police)
    head, editor = an_actor(police, "sharing_head"), an_actor(police, "editor")
    assert list(queries.tasks_for(head)) == [task]
    assert queries.waiting_count(editor) == 0
    assert queries.waiting_count(an_actor(weather, "sharing_head")) == 0
    with pytest.raises(NotFound):
        queries.task(editor, task.pk)
    own = acts.open_task(kind="x.y", person_id=editor.id, subject=REQUEST, url_name="inbox")
    assert list(queries.tasks_for(editor)) == [own]


def test_a_decision_closes_its_task_once() -> None:
    department = a_department()
    task = a_task(department)
    head, other = an_actor(department, "sharing_head"), an_actor(department, "sharing_head", name="次仁")
    with pytest.raises(NotValid, match="not_valid"):
        acts.decide(task_id=task.pk, by=head, verdict="no")
    review = acts.decide(task_id=task.pk, by=head, verdict="no", reason="依据不足")
    assert (review.verdict, review.by_id, review.reason) == ("no", head.id, "依据不足")
    with pytest.raises(Conflict, match="closed"):
        acts.decide(task_id=task.pk, by=other, verdict="yes")
    assert list(queries.reviews_of(REQUEST)) == [review]
    assert not queries.open_tasks(REQUEST).exists()


def test_nobody_decides_two_steps_of_one_subject() -> None:
    department = a_department()
    head, other = an_actor(department, "sharing_head"), an_actor(department, "sharing_head", name="次仁")
    a_task(department, "exchange.sign")
    acts.decide(subject=REQUEST, kind="exchange.sign", by=head, verdict="return", reason="缺附件")
    a_task(department, "exchange.sign")
    acts.decide(subject=REQUEST, kind="exchange.sign", by=head, verdict="yes")
    a_task(department, "exchange.review")
    with pytest.raises(NotAllowed, match="second_step"):
        acts.decide(subject=REQUEST, kind="exchange.review", by=head, verdict="yes")
    acts.decide(subject=REQUEST, kind="exchange.review", by=other, verdict="yes")


def test_an_unknown_step_is_not_found() -> None:
    with pytest.raises(NotFound):
        acts.decide(subject=REQUEST, kind="exchange.sign", by=an_actor(a_department(), "sharing_head"), verdict="yes")


def an_extension() -> tuple[Actor, Actor, Clock, Department]:
    authority, provider, requester = a_department("大数据局", governs=True), a_department(), a_department("人社厅")
    clock = a_clock(provider, tell_department_id=requester.pk)
    head = an_actor(provider, "sharing_head")
    return head, an_actor(authority, "authority", name="央金"), clock, requester


def test_more_time_needs_the_authority() -> None:
    head, officer, clock, requester = an_extension()
    waiting = a_person(requester, "sharing_head", name="扎西")
    with pytest.raises(NotValid) as error:
        acts.ask_extension(by=head, clock_id=clock.pk, days=11, reason="")
    assert [fault.code for fault in error.value.faults] == [
        "approvals.extension.too_many",
        "approvals.review.reason_missing",
    ]
    extension = acts.ask_extension(by=head, clock_id=clock.pk, days=10, reason="数据量大")
    with pytest.raises(Conflict, match="waits_already"):
        acts.ask_extension(by=head, clock_id=clock.pk, days=1, reason="数据量大")
    assert [task.kind for task in queries.inbox(officer)] == ["approvals.extension"]
    with pytest.raises(NotAllowed):
        acts.answer_extension(by=head, extension_id=extension.pk, verdict="yes")
    acts.answer_extension(by=officer, extension_id=extension.pk, verdict="yes")
    clock.refresh_from_db()
    assert (clock.extended, clock.due) == (10, day(12, 22))
    told = people.messages(people.actor_of(waiting)).filter(code="approvals.message.extended").get()
    assert told.params["days"] == 10
    with pytest.raises(NotValid):
        acts.ask_extension(by=head, clock_id=clock.pk, days=1, reason="再来")


def test_a_refused_extension_moves_nothing() -> None:
    head, officer, clock, _ = an_extension()
    extension = acts.ask_extension(by=head, clock_id=clock.pk, days=5, reason="人手少")
    acts.answer_extension(by=officer, extension_id=extension.pk, verdict="no", reason="理由不充分")
    clock.refresh_from_db()
    assert (clock.extended, clock.due) == (0, day(12, 8))
    assert queries.extension(head, extension.pk).state == "refused"


def test_clocks_pause_only_where_the_profile_says_so() -> None:
    department = a_department()
    a_clock(department)
    with pytest.raises(NotValid, match="never_pauses"):
        acts.pause_clock(subject=REQUEST, name="reply_conditional", by=SYSTEM, reason="缺材料")
    local = (
        b'{"format":1,"code":"local","title":"x","in_force":"2026-01-01",'
        b'"clocks":[{"name":"reply","days":10,"missing_papers_pause":true}]}'
    )
    acts.load_profile(by=SYSTEM, data=local)
    a_clock(department, "reply", profile="local")
    acts.pause_clock(subject=REQUEST, name="reply", by=SYSTEM, reason="缺材料", now=day(11, 24))
    assert not queries.overdue(day(12, 30)).filter(name="reply").exists()
    resumed = acts.resume_clock(subject=REQUEST, name="reply", by=SYSTEM, now=day(11, 26))
    assert (resumed.paused_days, resumed.due) == (2, day(12, 10))


def test_a_leavers_tasks_move() -> None:
    department = a_department()
    leaver = a_person(department, "sharing_head")
    own = acts.open_task(kind="x.y", person_id=leaver.pk, subject=REQUEST, url_name="inbox")
    heir = an_actor(department, "sharing_head", name="次仁")
    admin = an_actor(None, "system_admin", name="管理员")
    with pytest.raises(NotAllowed):
        acts.let_go(by=heir, person_id=leaver.pk, reason="调走")
    assert acts.let_go(by=admin, person_id=leaver.pk, reason="调走") == 1
    assert list(queries.tasks_for(heir)) == [own]
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert people.actor_of(leaver).posts == frozenset()
    with pytest.raises(Conflict):
        acts.let_go(by=admin, person_id=leaver.pk, reason="调走")
    assert Record.objects.filter(event=Event.PERSON_LET_GO).count() == 1


def test_the_inbox_asks_two_questions(django_assert_num_queries: object) -> None:
    department = a_department()
    for number in range(8):
        subject = Subject("exchange.request", f"r-{number}")
        clock = a_clock(department, subject=subject)
        acts.open_task(
            kind="exchange.review",
            department_id=department.pk,
            post="sharing_head",
            subject=subject,
            url_name="inbox",
            clock=clock,
        )
    head = an_actor(department, "sharing_head")
    with django_assert_num_queries(2):  # type: ignore[operator]
        tasks = queries.inbox(head, now=MONDAY)
    assert {task.clock.days_left for task in tasks} == {10}  # type: ignore[union-attr]


def test_profiles_are_loaded_by_the_system_administrator() -> None:
    with pytest.raises(NotAllowed):
        acts.load_profile(by=an_actor(a_department(), "editor"), data=b"{}")
    acts.load_packaged_profiles(by=SYSTEM)
    before = PolicyProfile.objects.count()
    acts.load_packaged_profiles(by=SYSTEM)
    assert PolicyProfile.objects.count() == before
