"""The lists of this room as data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.desk.lists import Choice, Column, ListSpec
from zampa.desk.wording import text_of
from zampa.exchange.models import CallRow, Delivery, Gateway, Grant, Request, Way
from zampa.ground.clock import local_date


def last_day(grant: Grant) -> object:
    """The last day a grant counts: its end is midnight of the day after."""
    return local_date(grant.ends_at - timedelta(seconds=1))


def ways_text(ways: list[str]) -> str:
    return "、".join(str(Way(way).label) for way in ways)


def reason_text(call: CallRow) -> str:
    """Why a call was refused, in the reader's language; the gateway's own code where no room words it."""
    return text_of(call.reason) if call.reason else ""


def _to(name: str) -> Any:
    return lambda row: reverse(name, args=[row.pk])


SIDES: tuple[tuple[str, str | Promise], ...] = (("made", _("本部门提出")), ("received", _("本部门收到")))


def _by_side(rows: QuerySet[Any], side: str, department: str) -> QuerySet[Any]:
    return rows.filter(**{"requester_id" if side == "made" else "provider_id": department or None})


def requests_list(department: str) -> ListSpec:
    return ListSpec(
        name="requests",
        title=_("申请"),
        columns=(
            Column("number", _("编号"), sort="number", link=_to("exchange:request"), kind="code"),
            Column("resource", _("资源"), value="resource.name", sort="resource__name"),
            Column("requester", _("申请方"), value="requester.name", phone=False),
            Column("provider", _("提供方"), value="provider.name", phone=False),
            Column("sharing", _("共享类型"), value="get_sharing_display", phone=False),
            Column("state", _("状态"), value=lambda row: row, kind="state", sort="state"),
            Column("signed_at", _("收到"), kind="day", sort="signed_at"),
        ),
        search=("number", "resource__name", "requester__name", "provider__name", "scenario"),
        search_hint=_("编号、资源、部门、场景"),
        choices=(
            Choice("state", _("状态"), tuple(Request.State.choices)),
            Choice("side", _("方向"), SIDES, apply=lambda rows, value: _by_side(rows, value, department)),
        ),
        order="-pk",
        empty=_("还没有申请。在资源目录中找到需要的数据，即可提出申请。"),
        empty_action=(_("去资源目录"), "catalogue:resources"),
    )


def grants_list(department: str) -> ListSpec:
    return ListSpec(
        name="grants",
        title=_("授权"),
        columns=(
            Column("number", _("编号"), sort="number", link=_to("exchange:grant"), kind="code"),
            Column("resource", _("资源"), value="resource.name", sort="resource__name"),
            Column("requester", _("使用方"), value="requester.name"),
            Column("provider", _("提供方"), value="provider.name", phone=False),
            Column("actions", _("方式"), value=lambda row: ways_text(row.actions), phone=False),
            Column("quota_per_day", _("每日次数"), kind="num", sort="quota_per_day", phone=False),
            Column("ends_at", _("到期"), value=last_day, kind="day", sort="ends_at"),
            Column("state", _("状态"), value=lambda row: row, kind="state", sort="state"),
        ),
        search=("number", "resource__name", "requester__name", "provider__name"),
        choices=(
            Choice("state", _("状态"), tuple(Grant.State.choices)),
            Choice("side", _("方向"), SIDES, apply=lambda rows, value: _by_side(rows, value, department)),
        ),
        order="-pk",
        empty=_("还没有授权。申请获得同意后，授权列在这里。"),
        empty_action=(_("看申请"), "exchange:requests"),
    )


def deliveries_list(department: str) -> ListSpec:
    return ListSpec(
        name="deliveries",
        title=_("交付"),
        columns=(
            Column("number", _("编号"), sort="number", link=_to("exchange:delivery"), kind="code"),
            Column("resource", _("资源"), value="grant.resource.name"),
            Column("kind", _("方式"), value="get_kind_display"),
            Column("requester", _("使用方"), value="requester.name", phone=False),
            Column("provider", _("提供方"), value="provider.name", phone=False),
            Column("rows_written", _("行数"), kind="num", sort="rows_written", phone=False),
            Column("rows_bad", _("问题行"), kind="num", sort="rows_bad", phone=False),
            Column("due", _("期限"), value=_due_day, kind="day", sort="due"),
            Column("state", _("状态"), value=lambda row: row, kind="state", sort="state"),
        ),
        search=("number", "grant__number", "grant__resource__name", "requester__name", "provider__name"),
        choices=(
            Choice("state", _("状态"), tuple(Delivery.State.choices)),
            Choice("kind", _("方式"), tuple(Delivery.Kind.choices)),
            Choice("side", _("方向"), SIDES, apply=lambda rows, value: _by_side(rows, value, department)),
        ),
        order="-pk",
        empty=_("还没有交付。授权后二十个工作日内交付，列在这里。"),
        empty_action=(_("看授权"), "exchange:grants"),
    )


def _due_day(row: Delivery) -> object:
    return local_date(row.due - timedelta(seconds=1)) if row.due else None


CALLS = ListSpec(
    name="calls",
    title=_("调用"),
    columns=(
        Column("at", _("时间"), kind="moment", sort="at", link=_to("exchange:call")),
        Column("grant_number", _("授权"), kind="code", sort="grant_number"),
        Column("action", _("动作"), value=lambda row: str(Way(row.action).label) if row.action in Way.values else ""),
        Column("outcome", _("结果"), value="get_outcome_display"),
        Column("reason", _("理由"), value=reason_text),
        Column("rows", _("行数"), kind="num", sort="rows", phone=False),
        Column("bytes", _("字节"), kind="bytes", sort="bytes", phone=False),
        Column("milliseconds", _("耗时（毫秒）"), kind="num", sort="milliseconds", phone=False),
        Column("gateway", _("网关"), value="gateway.name", phone=False),
    ),
    search=("grant_number", "call", "reason"),
    search_hint=_("授权编号、调用号、理由代码"),
    choices=(Choice("outcome", _("结果"), tuple(pair for pair in CallRow.Outcome.choices if pair[0])),),
    order="-at",
    empty=_("还没有调用。网关服务的每次调用，连同被拒绝的，都列在这里。"),
    empty_action=(_("看授权"), "exchange:grants"),
)

GATEWAYS = ListSpec(
    name="gateways",
    title=_("网关"),
    columns=(
        Column("name", _("名称"), sort="name", link=_to("exchange:gateway"), kind="strong"),
        Column("department", _("所在部门"), value=lambda row: row.department.name if row.department else _("中心")),
        Column("heard_at", _("最近听到"), kind="moment", sort="heard_at"),
        Column("has_book", _("持有授权簿"), kind="num", sort="has_book"),
        Column("book_number", _("最新授权簿"), kind="num", sort="book_number", phone=False),
        Column("accepted_through", _("已收留痕"), value=lambda row: row.accepted_through + 1, kind="num", phone=False),
        Column("state", _("状态"), value=lambda row: row, kind="state", sort="state"),
    ),
    search=("name", "address", "department__name"),
    choices=(Choice("state", _("状态"), tuple(Gateway.State.choices)),),
    order="name",
    empty=_("还没有网关。发放一次性口令后，在靠近数据的机器上启动 zampa gateway。"),
    empty_action=(_("登记网关"), "exchange:new_gateway"),
)
