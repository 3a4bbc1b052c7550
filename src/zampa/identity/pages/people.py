"""People: the list, a person with posts, and what the administrators do to accounts."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zampa.contracts.actors import Post
from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.identity import acts, enrolment, queries, rules
from zampa.identity.forms import PersonChangeForm, PersonForm, PersonMoveForm, PostForm, ReasonForm
from zampa.identity.models import Person, PostHolding

PEOPLE = ListSpec(
    name="people",
    title=lazy("人员"),
    columns=(
        Column(
            "name",
            lazy("姓名"),
            kind="strong",
            sort="name_key",
            link=lambda row: reverse("identity:person", args=[row.pk]),
        ),
        Column("username", lazy("账号"), sort="username", phone=False),
        Column("department", lazy("部门"), value="department.name", sort="department__name_key"),
        Column("posts", lazy("岗位"), value=lambda row: "、".join(posts_now(row))),
        Column(
            "state",
            lazy("状态"),
            value=lambda row: "active" if row.is_active else "left",
            kind="state",
            state_of="identity.person",
        ),
    ),
    search=("name", "username", "name_key", "name_bo", "department__name"),
    search_hint=lazy("姓名、拼音、账号或部门"),
    choices=(
        Choice(
            "post",
            lazy("岗位"),
            PostHolding.Post.choices,
            apply=lambda rows, value: rows.filter(holdings__post=value, holdings__ends=None),
        ),
        Choice(
            "state",
            lazy("状态"),
            (("active", lazy("在岗")), ("left", lazy("已离开"))),
            apply=lambda rows, value: rows.filter(is_active=value == "active"),
        ),
    ),
    order="name_key",
    empty=lazy("还没有人员。"),
)


def posts_now(person: Person) -> list[str]:
    """The posts' words from the prefetched open holdings."""
    return [str(holding.get_post_display()) for holding in person.open_holdings]  # type: ignore[attr-defined]


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    rows = queries.with_posts(queries.people(request.actor))
    return listing(
        request, rows, PEOPLE, "identity/people.html", {"may_register": rules.may_register(request.actor).allowed}
    )


@signed_in
def shown(request: StaffRequest, person_id: UUID) -> HttpResponse:
    person = queries.person(request.actor, person_id)
    return render(
        request,
        "identity/person.html",
        {
            "person": person,
            "state": "active" if person.is_active else "left",
            "holdings": queries.holdings_of(person.pk),
            "past": queries.past_holdings_of(person.pk),
            "deputies": queries.deputies_of(person.pk),
            "may_register": rules.may_register(request.actor).allowed,
            "may_assign": rules.may_assign_posts(request.actor, str(person.pk)).allowed and person.is_active,
            "post_form": PostForm(),
        },
    )


@never_cache
@signed_in
def new(request: StaffRequest) -> HttpResponse:
    rules.may_register(request.actor).require()
    form = PersonForm(request.actor, request.POST or None)
    if request.method == "POST":
        person = run_act(
            form,
            lambda: acts.register_person(
                by=request.actor,
                username=form.cleaned_data["username"],
                name=form.cleaned_data["name"],
                name_bo=form.cleaned_data["name_bo"],
                email=form.cleaned_data["email"],
                department_id=form.cleaned_data["department"].pk if form.cleaned_data["department"] else None,
            ),
        )
        if person is not None:
            secret = acts.invite_person(by=request.actor, person_id=person.pk)
            return render(request, "identity/link_shown.html", {"person": person, "link": enrolment.address(secret)})
    context = {
        "form": form,
        "title": _("登记人员"),
        "submit": _("登记并生成链接"),
        "cancel": reverse("identity:people"),
    }
    return render(request, "desk/form.html", context)


@signed_in
def change(request: StaffRequest, person_id: UUID) -> HttpResponse:
    rules.may_register(request.actor).require()
    person = queries.person(request.actor, person_id)
    initial = {"name": person.name, "name_bo": person.name_bo, "email": person.email}
    form = PersonChangeForm(request.POST or None, initial=initial)
    to = reverse("identity:person", args=[person.pk])
    if request.method == "POST":
        changed = run_act(form, lambda: acts.change_person(by=request.actor, person_id=person.pk, **form.cleaned_data))
        if changed is not None:
            messages.success(request, _("已保存"))
            return see_other(to)
    context = {"form": form, "title": _("修改“%(name)s”") % {"name": person.name}, "submit": _("保存"), "cancel": to}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
def move(request: StaffRequest, person_id: UUID) -> HttpResponse:
    rules.may_register(request.actor).require()
    person = queries.person(request.actor, person_id)
    form = PersonMoveForm(request.actor, request.POST or None)
    to = reverse("identity:person", args=[person.pk])
    if request.method == "POST":
        moved = run_act(
            form,
            lambda: acts.move_person(
                by=request.actor, person_id=person.pk, department_id=form.cleaned_data["department"].pk
            ),
        )
        if moved is not None:
            messages.success(request, _("已调入新部门。"))
            return see_other(to)
    context = {"form": form, "title": _("调动“%(name)s”") % {"name": person.name}, "submit": _("调动"), "cancel": to}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@never_cache
@signed_in
@require_POST
def invite(request: StaffRequest, person_id: UUID) -> HttpResponse:
    secret = acts.invite_person(by=request.actor, person_id=person_id)
    person = queries.person(request.actor, person_id)
    return render(request, "identity/link_shown.html", {"person": person, "link": enrolment.address(secret)})


@never_cache
@signed_in
def reset(request: StaffRequest, person_id: UUID) -> HttpResponse:
    rules.may_register(request.actor).require()
    person = queries.person(request.actor, person_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        secret = run_act(
            form,
            lambda: acts.reset_second_factor(by=request.actor, person_id=person.pk, reason=form.cleaned_data["reason"]),
        )
        if secret is not None:
            return render(request, "identity/link_shown.html", {"person": person, "link": enrolment.address(secret)})
    title = _("重置“%(name)s”的密码和第二步验证") % {"name": person.name}
    context = {
        "form": form,
        "title": title,
        "submit": _("重置"),
        "cancel": reverse("identity:person", args=[person.pk]),
    }
    return render(request, "desk/form.html", context)


@signed_in
@require_POST
def post_assign(request: StaffRequest, person_id: UUID) -> HttpResponse:
    post = cast(Post, request.POST.get("post", ""))
    return press(
        request,
        lambda: acts.assign_post(by=request.actor, person_id=person_id, post=post),
        said=_("岗位已授予。"),
        to=reverse("identity:person", args=[person_id]),
    )


@signed_in
def post_end(request: StaffRequest, person_id: UUID, post: str) -> HttpResponse:
    person = queries.person(request.actor, person_id)
    rules.may_assign_posts(request.actor, str(person.pk)).require()
    form = ReasonForm(request.POST or None)
    to = reverse("identity:person", args=[person.pk])
    if request.method == "POST":
        ended = run_act(
            form,
            lambda: acts.end_post(
                by=request.actor, person_id=person.pk, post=cast(Post, post), reason=form.cleaned_data["reason"]
            ),
        )
        if ended is not None:
            messages.success(request, _("岗位已免去。"))
            return see_other(to)
    title = _("免去“%(name)s”的岗位") % {"name": person.name}
    return render(request, "desk/form.html", {"form": form, "title": title, "submit": _("免去"), "cancel": to})
