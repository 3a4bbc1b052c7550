"""Networks that connections may reach, approved by the security administrator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from zampa.census import acts, queries, rules
from zampa.census.forms import NetworkForm
from zampa.desk.forms import run_act
from zampa.desk.lists import Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in

NETWORKS = ListSpec(
    name="networks",
    title=lazy("允许的网段"),
    columns=(
        Column("cidr", lazy("网段"), kind="strong", sort="cidr"),
        Column("note", lazy("用途")),
        Column("approved_by", lazy("批准人"), phone=False),
        Column("approved_at", lazy("批准"), kind="day", sort="approved_at", phone=False),
    ),
    search=("cidr", "note"),
    order="cidr",
    empty=lazy("还没有批准任何网段，所以任何连接都不能建立。"),
)


@signed_in
def listed(request: StaffRequest) -> HttpResponseBase:
    may_approve = rules.may_approve_networks(request.actor).allowed
    form = NetworkForm(request.POST or None)
    if request.method == "POST":
        row = run_act(form, lambda: acts.approve_network(by=request.actor, **form.cleaned_data))
        if row is not None:
            messages.success(request, _("网段已批准。"))
            return see_other(reverse("census:networks"))
    extra = {"form": form, "may_approve": may_approve}
    return listing(request, queries.networks(request.actor), NETWORKS, "census/networks.html", extra)


@signed_in
@require_POST
def withdraw(request: StaffRequest, network_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.withdraw_network(by=request.actor, network_id=network_id),
        said=_("网段已撤回。"),
        to=reverse("census:networks"),
    )
