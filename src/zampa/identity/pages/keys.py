"""Keys of consuming systems: the list, one key, its end. They are issued from the system they name (census)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, see_other, signed_in
from zampa.ground.clock import utc_now
from zampa.identity import acts, queries, rules
from zampa.identity.forms import ReasonForm
from zampa.identity.models import ConsumerKey


def _by_state(rows: QuerySet[ConsumerKey], value: str) -> QuerySet[ConsumerKey]:
    if value == "revoked":
        return rows.exclude(revoked_at=None)
    alive = rows.filter(revoked_at=None)
    return alive.filter(not_after__gt=utc_now()) if value == "live" else alive.filter(not_after__lte=utc_now())


KEYS = ListSpec(
    name="keys",
    title=lazy("调用密钥"),
    columns=(
        Column(
            "system_name",
            lazy("系统"),
            kind="strong",
            sort="system_name",
            link=lambda row: reverse("identity:key", args=[row.pk]),
        ),
        Column("algorithm", lazy("类型"), value=lambda row: row.get_algorithm_display()),
        Column("department", lazy("部门"), value="department.name", phone=False),
        Column("id", lazy("密钥编号"), value=lambda row: str(row.pk), phone=False),
        Column("created_at", lazy("签发"), kind="day", sort="created_at", phone=False),
        Column("not_after", lazy("到期"), kind="day", sort="not_after"),
        Column("state", lazy("状态"), value=lambda row: row.state_at(utc_now()), kind="state", state_of="identity.key"),
    ),
    search=("system_name",),
    choices=(
        Choice(
            "state",
            lazy("状态"),
            (("live", lazy("有效")), ("expired", lazy("已到期")), ("revoked", lazy("已撤销"))),
            apply=_by_state,
        ),
        Choice("algorithm", lazy("类型"), ConsumerKey.Algorithm.choices),
    ),
    empty=lazy("还没有密钥。系统调用接口前，先为它签发密钥。"),
    empty_action=(lazy("签发密钥"), "census:key_new"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.keys(request.actor), KEYS, "identity/keys.html")


@signed_in
def shown(request: StaffRequest, key_id: UUID) -> HttpResponse:
    """The key, and where its sharing-office head revokes it with a reason."""
    key = queries.key(request.actor, key_id)
    may_revoke = rules.may_revoke_key(request.actor, str(key.department_id))
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        revoked = run_act(
            form, lambda: acts.revoke_key(by=request.actor, key_id=key.pk, reason=form.cleaned_data["reason"])
        )
        if revoked is not None:
            messages.success(request, _("密钥已撤销，网关在下一本授权簿中不再承认它。"))
            return see_other(reverse("identity:key", args=[key.pk]))
    context = {"key": key, "form": form, "state": key.state_at(utc_now()), "may_revoke": may_revoke.allowed}
    return render(request, "identity/key.html", context)
