"""The edge of the JSON API: who calls, and errors as RFC 9457 problem details."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string
from ninja.security.base import AuthBase

from zampa.contracts.actors import Actor
from zampa.desk.wording import text_of
from zampa.ground.errors import NotAllowed, ZampaError


class _SameSite(CsrfViewMiddleware):
    """Django's check without its page: the answer of an API is a problem, not HTML."""

    def __init__(self) -> None:
        super().__init__(lambda request: HttpResponse())

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)

    def passes(self, request: HttpRequest) -> bool:
        request.csrf_processing_done = False  # type: ignore[attr-defined]
        self.process_request(request)
        return self.process_view(request, HttpResponse, (), {}) is None


class ActorAuth(AuthBase):
    """A personal token (`Authorization: Bearer ...`), or a session with its CSRF token.

    The room that keeps tokens lies above this one, so settings name its reader (ZAMPA_TOKEN_READER: text ->
    Actor or None). Sets `request.actor`.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return self._by_token(request, token.strip())
        return self._by_session(request)

    def _by_token(self, request: HttpRequest, token: str) -> Actor | None:
        actor: Actor | None = import_string(settings.ZAMPA_TOKEN_READER)(token)
        request.actor = actor  # type: ignore[attr-defined]
        return actor

    def _by_session(self, request: HttpRequest) -> Actor | None:
        if not getattr(request, "user", None) or not request.user.is_authenticated:
            return None
        if not _SameSite().passes(request):
            raise NotAllowed("desk.signed_out.csrf")
        actor: Actor | None = getattr(request, "actor", None)
        return actor


actor_auth = ActorAuth()


def problem(error: ZampaError) -> JsonResponse:
    """One of the five errors as application/problem+json; `errors` lists each fault with its place."""
    body: dict[str, Any] = {
        "type": f"urn:zampa:problem:{error.code}",
        "title": text_of(error.code, error.params),
        "status": error.status,
        "code": error.code,
        "params": error.params,
    }
    if error.faults:
        body["errors"] = [
            {"where": fault.where, "code": fault.code, "title": text_of(fault.code, fault.params)}
            for fault in error.faults
        ]
    return JsonResponse(
        body, status=error.status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
