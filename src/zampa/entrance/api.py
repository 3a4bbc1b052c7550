"""The JSON API: each room's router under its name, the five errors as problem+json, the description at openapi.json."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from zampa.desk.api import actor_auth, problem
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid, Unavailable, ZampaError

api = NinjaAPI(
    title="Zampa",
    version="1",
    description="Every page's capability as JSON. Errors are RFC 9457 problem details with a spelled code.",
    urls_namespace="api",
    auth=actor_auth,
    docs_url=None,  # the page would fetch scripts from elsewhere
    openapi_url="/openapi.json",
)


class SignedOut(NotAllowed):
    """Nobody known is calling: 401 tells the caller to send a token."""

    status = 401


for _room in settings.ROOMS:
    if find_spec(f"zampa.{_room}.api") is not None:
        api.add_router(f"/{_room}/", import_module(f"zampa.{_room}.api").router)
    if find_spec(f"zampa.{_room}.gateway_api") is not None:  # spoken by gateways, with their own keys
        api.add_router("/gateway/v1/", import_module(f"zampa.{_room}.gateway_api").router)


def _on_ours(request: HttpRequest, error: Exception) -> HttpResponse:
    assert isinstance(error, ZampaError)
    return problem(error)


def _on_signed_out(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(SignedOut("desk.signed_out"))
    response["WWW-Authenticate"] = 'Bearer realm="zampa"'
    return response


def _on_invalid(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the schema refuses: one fault for each place, named by its path (body.fields.0.name)."""
    assert isinstance(error, ValidationError)
    faults = [
        Fault(
            ".".join(str(part) for part in found["loc"][1:]) or str(found["loc"][0]),
            "entrance.api.input",
            {
                "problem": found["type"],
            },
        )
        for found in error.errors
    ]
    return problem(NotValid("entrance.api.input_faults", faults=faults, count=len(faults)))


def _on_missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(NotFound("entrance.not_found"))


def _on_http(request: HttpRequest, error: Exception) -> HttpResponse:
    assert isinstance(error, HttpError)
    kinds = {403: NotAllowed, 404: NotFound, 409: Conflict}
    return problem(kinds.get(error.status_code, NotValid)("entrance.api.refused", status=error.status_code))


def _on_silence(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(Unavailable("entrance.database.silent"))


api.add_exception_handler(ZampaError, _on_ours)
api.add_exception_handler(AuthenticationError, _on_signed_out)
api.add_exception_handler(ValidationError, _on_invalid)
api.add_exception_handler(Http404, _on_missing)
api.add_exception_handler(HttpError, _on_http)
api.add_exception_handler(OperationalError, _on_silence)
