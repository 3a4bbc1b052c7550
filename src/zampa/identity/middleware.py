"""Who is asking: `request.actor`, the second factor before all else, the end of idle sessions, the scope of tokens."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from zampa.desk.api import problem
from zampa.ground.errors import NotAllowed
from zampa.identity import acts, queries
from zampa.identity.models import Person

Next = Callable[[HttpRequest], HttpResponse]
SEEN, PROVEN = "seen_at", "second_factor_proven"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_NAMES = ("mfa_", "account_")
OPEN_PLACES = frozenset({"identity:account", "identity:language", "set_language"})


def second_factor_proven(request: HttpRequest) -> bool:
    """Whether this session passed a second factor, or set one up itself after its password."""
    if settings.ZAMPA_SECOND_FACTOR != "required" or request.session.get(PROVEN):
        return True
    records = get_authentication_records(request, request.user)
    if any(record.get("method") == "mfa" for record in records) or is_mfa_enabled(request.user):
        request.session[PROVEN] = True
        return True
    return False


def _beyond_its_token(request: HttpRequest) -> bool:
    """Whether a personal token is used to write without that scope; keeps the day of the token's last use."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.startswith(acts.TOKEN_PREFIX):
        return False
    token = queries.live_token(text.strip())
    if token is None:
        return False
    acts.note_token_used(token=token)
    return request.method not in SAFE and "write" not in token.scopes


class IdleLogoutMiddleware:
    """Logs a person out after ZAMPA_IDLE_MINUTES without a click; writes the session once a minute at most."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, seen = int(time.time()), request.session.get(SEEN)
            if seen is not None and now - seen > settings.ZAMPA_IDLE_MINUTES * 60:
                get_adapter(request).logout(request)
            elif seen is None or now - seen >= 60:
                request.session[SEEN] = now
        return self.get_response(request)


class ActorMiddleware:
    """Sets `request.actor` from a person's session, None when signed out; tokens are read by the API's own guard."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        request.actor = queries.actor_of(person) if isinstance(person, Person) else None  # type: ignore[attr-defined]
        if _beyond_its_token(request):
            return problem(NotAllowed("identity.token.read_only"))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Without a second factor only the pages that set one up can be reached."""
        match = request.resolver_match
        if match is None or not request.user.is_authenticated or second_factor_proven(request):
            return None
        if (match.url_name or "").startswith(OPEN_NAMES) or match.view_name in OPEN_PLACES:
            return None
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
