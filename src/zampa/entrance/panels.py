"""What the shell shows around every page, and which partial fills which slot of a lower room's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One line of the left menu: its word, its icon, the address name it leads to, the rooms it is lit for."""

    label: str | Promise
    icon: str
    url_name: str
    lit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    label: str | Promise
    entries: tuple[Entry, ...]


MENU = (
    Section(
        _("数据之路"),
        (
            Entry(_("系统台账"), "server-2", "census:systems", ("census",)),
            Entry(_("资源目录"), "books", "catalogue:resources", ("catalogue",)),
            Entry(_("申请"), "file-pencil", "exchange:requests"),
            Entry(_("授权"), "key", "exchange:grants"),
            Entry(_("交付"), "truck-delivery", "exchange:deliveries", ("runs",)),
            Entry(_("留痕"), "list-check", "ledger:records", ("ledger",)),
        ),
    ),
)

Filler = Callable[..., str]
SLOTS: dict[str, Filler] = {}


def slot(request: HttpRequest | None, name: str, *args: Any) -> str:
    """The HTML of a slot; nothing when no room fills it."""
    filler = SLOTS.get(name)
    return filler(request, *args) if filler is not None and request is not None else ""


class Shell:
    """What templates/entrance/shell.html asks; nothing is queried before it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def html_lang(self) -> str:
        return {"zh-hans": "zh-CN"}.get(get_language() or "", get_language() or "zh-CN")

    @cached_property
    def theme(self) -> str:
        asked = self.request.COOKIES.get("theme", "")
        return asked if asked in {"light", "dark"} else "auto"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"shell": Shell(request)}
