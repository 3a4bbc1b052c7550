"""Pages of calendars, policy profiles, extensions and leavers. The inbox itself is the entrance's."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from zampa.approvals import acts, policy, queries, rules
from zampa.approvals.forms import AnswerForm, CalendarForm, ExtensionForm, LeaverForm, ProfileForm
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, onward, see_other, signed_in
from zampa.identity import queries as people

CALENDAR = ListSpec(
    name="calendar",
    title=lazy("工作日历"),
    columns=(
        Column("day", lazy("日期"), kind="day", sort="day"),
        Column(
            "works",
            lazy("安排"),
            value=lambda row: "works" if row.works else "off",
            kind="state",
            state_of="approvals.calendar",
        ),
        Column("region", lazy("适用地区"), value="region.name", sort="region_id"),
        Column("note", lazy("依据")),
        Column("edited_by", lazy("维护人"), phone=False),
        Column("edited_at", lazy("时间"), kind="moment", phone=False),
    ),
    search=("note", "region__name"),
    choices=(
        Choice(
            "region",
            lazy("适用地区"),
            lambda request: [
                (row.code, row.name)
                for row in people.regions(request.actor).filter(valid_to=None, level__in=("region", "prefecture"))  # type: ignore[attr-defined]
            ],
            field="region_id",
        ),
    ),
    order="-day",
    empty=lazy("还没有地方调整，全部按国家节假日安排计算。"),
)


@signed_in
def calendar(request: StaffRequest) -> HttpResponseBase:
    mine = rules.may_edit_calendar(request.actor, "540000").allowed or any(
        rules.may_edit_calendar(request.actor, code).allowed for code in request.actor.governs
    )
    return listing(
        request, queries.calendar_days(request.actor), CALENDAR, "approvals/calendar.html", {"may_edit": mine}
    )


@signed_in
def calendar_edit(request: StaffRequest) -> HttpResponse:
    form = CalendarForm(request.actor, request.POST or None)
    if request.method == "POST":
        moved = run_act(
            form,
            lambda: acts.set_calendar_days(
                by=request.actor,
                region_code=form.cleaned_data["region"].pk,
                days=form.cleaned_data["days"],
                note=form.cleaned_data["note"],
            ),
        )
        if moved is not None:
            messages.success(request, _("日历已保存，重算了 %(count)s 个时限。") % {"count": moved})
            return see_other(reverse("approvals:calendar"))
    context = {"form": form, "title": _("调整工作日历"), "cancel": reverse("approvals:calendar")}
    return render(request, "desk/form.html", context)


PROFILES = ListSpec(
    name="profiles",
    title=lazy("政策口径"),
    columns=(
        Column("title", lazy("文件"), kind="strong", link=lambda row: reverse("approvals:profile", args=[row.pk])),
        Column("code", lazy("代号"), sort="code"),
        Column("version", lazy("版本"), kind="num"),
        Column("loaded_at", lazy("导入"), kind="moment", sort="loaded_at", phone=False),
    ),
    search=("title", "code"),
    order="code",
    empty=lazy("还没有导入政策口径。"),
)


@signed_in
def profiles(request: StaffRequest) -> HttpResponseBase:
    extra = {"may_load": rules.may_load_profiles(request.actor).allowed}
    return listing(request, queries.profiles(request.actor), PROFILES, "approvals/profiles.html", extra)


@signed_in
def profile(request: StaffRequest, profile_id: UUID) -> HttpResponse:
    row = people.one(queries.profiles(request.actor), profile_id, "approvals.profile.not_found")
    return render(request, "approvals/profile.html", {"row": row, "profile": policy.stored(row.data)})


@signed_in
def profile_load(request: StaffRequest) -> HttpResponse:
    rules.may_load_profiles(request.actor).require()
    form = ProfileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        row = run_act(form, lambda: acts.load_profile(by=request.actor, data=form.cleaned_data["file"].read(65_536)))
        if row is not None:
            messages.success(request, _("已导入第 %(version)s 版。") % {"version": row.version})
            return see_other(reverse("approvals:profile", args=[row.pk]))
    context = {"form": form, "title": _("导入政策口径"), "submit": _("导入"), "cancel": reverse("approvals:profiles")}
    return render(request, "desk/form.html", context)


@signed_in
def clock(request: StaffRequest, clock_id: UUID) -> HttpResponse:
    """A clock with all that changed it; its department's heads ask for more time here."""
    found = queries.clock(request.actor, clock_id)
    rule = policy.stored(found.profile.data).clock(found.name)
    may_ask = (
        rules.may_ask_extension(request.actor, str(found.department_id)).allowed
        and found.met_at is None
        and not rules.extension_faults(rule, found.extended, 1)
        and not queries.extensions(request.actor).filter(clock=found, state="waiting").exists()
    )
    form = ExtensionForm(request.POST or None, initial={"days": rule.extension})
    if request.method == "POST":
        asked = run_act(
            form,
            lambda: acts.ask_extension(
                by=request.actor,
                clock_id=found.pk,
                days=form.cleaned_data["days"],
                reason=form.cleaned_data["reason"],
            ),
        )
        if asked is not None:
            messages.success(request, _("延期申请已送主管部门。"))
            return see_other(reverse("approvals:clock", args=[found.pk]))
    context = {
        "clock": found,
        "rule": rule,
        "name": f"approvals.clock.name.{found.name}",
        "changes": queries.changes_of(found),
        "extensions": queries.extensions(request.actor).filter(clock=found),
        "may_ask": may_ask,
        "form": form,
    }
    return render(request, "approvals/clock.html", context)


@signed_in
def extension(request: StaffRequest, extension_id: UUID) -> HttpResponse:
    """What a department asks, and where its authority answers."""
    found = queries.extension(request.actor, extension_id)
    may_answer = found.state == "waiting" and rules.may_consent(request.actor, found.clock.department.region_id).allowed
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        answered = run_act(
            form,
            lambda: acts.answer_extension(
                by=request.actor,
                extension_id=found.pk,
                verdict=form.cleaned_data["verdict"],
                reason=form.cleaned_data["reason"],
            ),
        )
        if answered is not None:
            messages.success(request, _("已答复。"))
            return see_other(onward(request, reverse("approvals:extension", args=[found.pk])))
    name = f"approvals.clock.name.{found.clock.name}"
    return render(
        request, "approvals/extension.html", {"extension": found, "form": form, "may_answer": may_answer, "name": name}
    )


@signed_in
def let_go(request: StaffRequest, person_id: UUID) -> HttpResponse:
    rules.may_let_go(request.actor, str(person_id)).require()
    person = people.person(request.actor, person_id)
    form = LeaverForm(request.POST or None)
    to = reverse("identity:person", args=[person.pk])
    if request.method == "POST":
        moved = run_act(form, lambda: acts.let_go(by=request.actor, person_id=person.pk, **form.cleaned_data))
        if moved is not None:
            messages.success(request, _("账号已关闭，%(count)s 件待办已转交。") % {"count": moved})
            return see_other(to)
    title = _("%(name)s 离开") % {"name": person.name}
    return render(
        request, "desk/form.html", {"form": form, "title": title, "submit": _("关闭账号并转交待办"), "cancel": to}
    )


app_name = "approvals"
urlpatterns = [
    path("calendar/", calendar, name="calendar"),
    path("calendar/edit/", calendar_edit, name="calendar_edit"),
    path("profiles/", profiles, name="profiles"),
    path("profiles/load/", profile_load, name="profile_load"),
    path("profiles/<uuid:profile_id>/", profile, name="profile"),
    path("clocks/<uuid:clock_id>/", clock, name="clock"),
    path("extensions/<uuid:extension_id>/", extension, name="extension"),
    path("people/<uuid:person_id>/leave/", let_go, name="let_go"),
]
