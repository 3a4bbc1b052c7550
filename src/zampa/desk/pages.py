"""The edge of every staff page: who is signed in, and what an error looks like."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from zampa.contracts.actors import Actor
from zampa.desk.wording import text_of
from zampa.ground.errors import Conflict, NotAllowed, NotValid, Unavailable, ZampaError

log = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """What a view behind `signed_in` receives: a request that knows its actor."""

    actor: Actor


def signed_in(view: View) -> View:
    """Only people who are signed in; others go to the log-in page and come back here afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "user", None) is None or not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    guarded.signed_in = True  # type: ignore[attr-defined]
    return guarded


def see_other(to: str) -> HttpResponseRedirect:
    """303: after a POST the next page is fetched anew, so that a reload repeats nothing."""
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return response


def onward(request: HttpRequest, to: str) -> str:
    """Where a form sends its reader: `to`, or the page of ours that the form stood on and named as `next`, so that a
    decision made in the inbox leaves one in the inbox."""
    asked = request.POST.get("next", "")
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if ours else to


def press(request: HttpRequest, call: Callable[[], object], *, said: str | Promise, to: str) -> HttpResponse:
    """An act behind a plain button: do it, say so (or say why not), go on to `to` with 303.

    NotFound is left to the error page: a foreign id stays unknown.
    """
    try:
        call()
    except (NotAllowed, NotValid, Conflict, Unavailable) as error:
        for text in texts_of(error):
            messages.error(request, text)
    else:
        messages.success(request, str(said))
    return see_other(onward(request, to))


def texts_of(error: ZampaError) -> list[str]:
    """An error in the reader's language: its faults if it has any, else its own sentence."""
    if error.faults:
        return [text_of(fault.code, fault.params) for fault in error.faults]
    return [text_of(error.code, error.params)]


def error_page(request: HttpRequest, status: int, reasons: list[str], code: str = "") -> HttpResponse:
    """The page of one error: what happened, why, and where to go from here."""
    return render(request, "desk/error.html", {"status": status, "reasons": reasons, "code": code}, status=status)


class _Next(Protocol):
    def __call__(self, request: HttpRequest, /) -> HttpResponse: ...


class ErrorPages:
    """Middleware: the five errors and a silent database become pages with their reason."""

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ZampaError):
            return error_page(request, exception.status, texts_of(exception), exception.code)
        if isinstance(exception, OperationalError):
            log.error("database unavailable: %s", exception)
            return error_page(request, Unavailable.status, [])
        return None
