"""The entrance's own pages: home, what waits, search, errors, and what probes ask."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from zampa.desk.exports import CONTENT_TYPES
from zampa.desk.formats import weekday
from zampa.desk.pages import StaffRequest, error_page, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.entrance import exports, pages_home, pages_inbox, pages_search
from zampa.entrance.panels import greeting
from zampa.entrance.readiness import reasons_not_ready
from zampa.ground.clock import SHANGHAI, utc_now

YEAR = int(timedelta(days=365).total_seconds())
ON_HOME = 8


@signed_in
def home(request: StaffRequest) -> HttpResponse:
    """What waits for me, how my department's data fares, what happened lately."""
    now = utc_now()
    tasks = pages_inbox.waiting(request.actor, now)
    context = {
        "greeting": greeting(now.astimezone(SHANGHAI).hour),
        "today": now.astimezone(SHANGHAI).date(),
        "weekday": weekday(now.astimezone(SHANGHAI).date()),
        "tasks": tasks[:ON_HOME],
        "more": max(0, len(tasks) - ON_HOME),
        "figures": pages_home.figures(request.actor, tasks, now),
        "chart": pages_home.calls_by_resource(request.actor, now),
        "recent": pages_home.recent(request.actor),
    }
    return render(request, "entrance/home.html", context)


@signed_in
def inbox(request: StaffRequest) -> HttpResponse:
    """Everything that waits for me, by clock."""
    tasks = pages_inbox.waiting(request.actor, utc_now())
    kinds = sorted({(task["kind_code"], task["kind"]) for task in tasks})
    chosen = request.GET.get("kind", "")
    shown = [task for task in tasks if chosen in {"", task["kind_code"]}]
    return render(
        request, "entrance/inbox.html", {"tasks": shown, "whole": len(tasks), "kinds": kinds, "chosen": chosen}
    )


@signed_in
def search(request: StaffRequest) -> HttpResponse:
    """One box over the catalogue, the systems, the requests and the departments."""
    return render(request, "entrance/search.html", pages_search.context_of(request))


@signed_in
def export(request: StaffRequest, export_id: UUID) -> HttpResponseBase:
    """The file of a long list, for the one who asked for it."""
    found, path = exports.fetch_export(request.actor, export_id)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=found.name, content_type=CONTENT_TYPES[found.kind]
    )


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the person's choice of light or dark in a cookie; it is no secret and no preference worth a table."""
    asked = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = see_other(back)
    if asked in {"light", "dark", "auto"}:
        response.set_cookie("theme", asked, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether work can be sent here: the database answers, keys are open, the sequencer keeps up."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        reasons = reasons_not_ready(utc_now())
    except DatabaseError:
        reasons = ["entrance.database.silent"]
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 422, [text_of("entrance.bad_request")])


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, [])


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, [])


def broken(request: HttpRequest) -> HttpResponse:
    """The database may be what is broken: this page asks it nothing."""
    return render(request, "entrance/broken.html", status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, [text_of("desk.signed_out.csrf")])
