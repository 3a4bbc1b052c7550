"""What the shell shows around every page, and which partial fills which slot of a lower room's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as now_text
from django.utils.translation import gettext_lazy as _

from zampa.approvals.queries import waiting_count
from zampa.contracts.actors import Actor
from zampa.entrance.pages_home import timeline
from zampa.exchange.pages.requests import request_slot
from zampa.identity.models import PostHolding
from zampa.identity.queries import unread
from zampa.ledger.queries import records_about

Text = str | Promise
MOST_SHOWN = 99
ON_TRAIL = 20
SHORT_LANGUAGES = {"zh-hans": ("zh-CN", "中文"), "bo": ("bo", "བོད་ཡིག"), "en": ("en", "EN")}


@dataclass(frozen=True)
class Entry:
    """One line of a menu: its word, its icon, the address name it leads to, the names that light it as well.

    `posts`: shown only to holders of one of them; empty = everybody.
    """

    label: Text
    icon: str
    url_name: str
    lit: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    url: str = ""
    on: bool = False
    count: int = 0


@dataclass(frozen=True)
class Section:
    label: Text
    entries: tuple[Entry, ...]


ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
MENU = (
    Section(
        _("数据之路"),
        (
            Entry(_("系统台账"), icon="server-2", url_name="census:systems", lit=("census:system",)),
            Entry(_("资源目录"), icon="books", url_name="catalogue:resources", lit=("catalogue:",)),
            Entry(_("标准规范"), icon="ruler-2", url_name="standards:elements", lit=("standards:",)),
            Entry(
                _("申请"), icon="file-pencil", url_name="exchange:requests", lit=("exchange:request", "exchange:new_")
            ),
            Entry(_("授权"), icon="key", url_name="exchange:grants", lit=("exchange:grant",)),
            Entry(_("交付"), icon="truck-delivery", url_name="exchange:deliveries", lit=("exchange:deliver", "runs:")),
            Entry(_("留痕"), icon="list-check", url_name="ledger:records", lit=("ledger:",)),
        ),
    ),
    Section(
        _("设置"),
        (
            Entry(_("数据连接"), icon="plug-connected", url_name="census:connections", lit=("census:connection",)),
            Entry(_("调用密钥"), icon="fingerprint", url_name="identity:keys", lit=("identity:key",)),
            Entry(_("网关"), icon="router", url_name="exchange:gateways", lit=("exchange:gateway",)),
            Entry(_("部门与人员"), icon="users", url_name="identity:people", lit=("identity:pe", "identity:dep")),
            Entry(_("工作日历"), icon="calendar", url_name="approvals:calendar", lit=("approvals:calendar",)),
        ),
    ),
)
OWN = (
    Entry(_("我的账号"), icon="user-circle", url_name="identity:account"),
    Entry(_("消息"), icon="bell", url_name="identity:messages"),
    Entry(_("访问令牌"), icon="ticket", url_name="identity:tokens"),
    Entry(_("登录记录"), icon="history", url_name="identity:sign_ins"),
)


def trail(request: HttpRequest, kind: str, subject_id: str) -> str:
    """The acts about a subject, newest first, each with its ledger number (slot "trail")."""
    records = timeline(records_about(request.actor, kind, subject_id)[:ON_TRAIL])  # type: ignore[attr-defined]
    return render_to_string("entrance/parts/trail.html", {"records": records}, request)


SLOTS: dict[str, Callable[..., str]] = {"trail": trail, "request": request_slot}


def slot(request: HttpRequest | None, name: str, *args: Any) -> str:
    """The HTML of a slot; nothing when no room fills it."""
    filler = SLOTS.get(name)
    return filler(request, *args) if filler is not None and request is not None else ""


class Shell:
    """What templates/entrance/shell.html asks; nothing is queried before it is shown."""

    themes = (("auto", _("随系统")), ("light", _("明")), ("dark", _("暗")))

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        match = getattr(request, "resolver_match", None)
        self.at = match.view_name if match else ""

    @cached_property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @cached_property
    def person(self) -> Actor | None:
        return self.actor if self.actor and self.actor.kind == "person" else None

    @cached_property
    def whose(self) -> str:
        """The person's department and posts, for the line under the name."""
        if self.person is None:
            return ""
        posts = [str(PostHolding.Post(post).label) for post in sorted(self.person.posts)]
        return " · ".join([name for name in (self.person.department_name, "、".join(posts)) if name])

    @cached_property
    def waiting(self) -> int:
        return waiting_count(self.person) if self.person else 0

    @property
    def waiting_short(self) -> str:
        return str(self.waiting) if self.waiting <= MOST_SHOWN else f"{MOST_SHOWN}+"

    @cached_property
    def menu(self) -> list[Section]:
        shown = [Section(section.label, self._resolved(section.entries)) for section in MENU]
        return [section for section in shown if section.entries]

    @cached_property
    def own(self) -> tuple[Entry, ...]:
        counts = {"identity:messages": unread(self.person)} if self.person else {}
        return tuple(replace(entry, count=counts.get(entry.url_name, 0)) for entry in self._resolved(OWN))

    def _resolved(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Entries whose room is installed and whose posts fit, with their address and whether they are lit."""
        shown = []
        for entry in entries:
            if entry.posts and not (self.person and self.person.holds(*entry.posts)):  # type: ignore[arg-type]
                continue
            try:
                url = reverse(entry.url_name)
            except NoReverseMatch:
                continue
            lit = self.at == entry.url_name or bool(entry.lit and self.at.startswith(entry.lit))
            shown.append(replace(entry, url=url, on=lit))
        return tuple(shown)

    @cached_property
    def html_lang(self) -> str:
        return SHORT_LANGUAGES.get(get_language() or "", ("zh-CN", ""))[0]

    @cached_property
    def theme(self) -> str:
        asked = self.request.COOKIES.get("theme", "")
        return asked if asked in {"light", "dark"} else "auto"

    @property
    def languages(self) -> list[dict[str, object]]:
        names = dict(settings.LANGUAGES)
        return [
            {"code": code, "html": html, "short": short, "name": names[code], "on": code == get_language()}
            for code, (html, short) in SHORT_LANGUAGES.items()
        ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"shell": Shell(request)}


def greeting(hour: int) -> str:
    """By the hour in Lhasa's official time."""
    if hour < 12:
        return now_text("早上好")
    return now_text("下午好") if hour < 18 else now_text("晚上好")
