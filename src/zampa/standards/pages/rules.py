"""Quality rules of an element: stated and taken off again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.desk.forms import run_act
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.standards import acts, queries
from zampa.standards.forms import RuleForm


@signed_in
def new(request: StaffRequest, element_id: UUID) -> HttpResponse:
    row = queries.element(request.actor, element_id)
    to = reverse("standards:element", args=[row.pk])
    form = RuleForm(request.actor, request.POST or None)
    if request.method == "POST":
        made = run_act(form, lambda: acts.state_rule(by=request.actor, element_id=row.pk, rule=form.rule()))
        if made is not None:
            messages.success(request, _("规则已设立，用到这个数据元的信息项都照此检查。"))
            return see_other(to)
    title = _("设立质量规则：%(name)s") % {"name": row.name}
    context = {"form": form, "title": title, "submit": _("设立"), "cancel": to}
    return render(request, "desk/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def drop(request: StaffRequest, element_id: UUID, rule_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.drop_rule(by=request.actor, element_id=element_id, rule_id=rule_id),
        said=_("规则已去掉。"),
        to=reverse("standards:element", args=[element_id]),
    )
