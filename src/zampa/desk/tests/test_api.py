"""Problem details, and who may call."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings

from zampa.contracts.actors import Actor
from zampa.desk.api import actor_auth, problem
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotValid

CALLER = Actor(kind="person", id="1", name="达瓦卓玛")


def read(token: str) -> Actor | None:
    return CALLER if token == "right" else None


def test_problem_names_code_text_and_every_place() -> None:
    error = NotValid("desk.form.faults", faults=[Fault("B7", "desk.signed_out")], count=1)
    response = problem(error)
    body = json.loads(response.content)
    assert response.status_code == 422 and response["Content-Type"] == "application/problem+json"
    assert body["code"] == "desk.form.faults" and body["title"] == "有 1 处需要修改"
    assert body["errors"] == [{"where": "B7", "code": "desk.signed_out", "title": "请先登录。"}]
    assert problem(Conflict("a.b.c")).status_code == 409


@override_settings(ZAMPA_TOKEN_READER=f"{__name__}.read")
@pytest.mark.parametrize(
    ("header", "who"), [("Bearer right", CALLER), ("Bearer wrong", None), ("bearer right", CALLER)]
)
def test_a_token_speaks_for_its_person(header: str, who: Actor | None) -> None:
    request = RequestFactory().get("/", headers={"authorization": header})
    request.user = AnonymousUser()
    assert actor_auth(request) == who


def test_a_session_without_its_csrf_token_cannot_write() -> None:
    request = RequestFactory(enforce_csrf_checks=True).post("/")
    request._dont_enforce_csrf_checks = False
    request.user = type("Somebody", (), {"is_authenticated": True})()
    request.actor = CALLER
    with pytest.raises(NotAllowed, match="csrf"):
        actor_auth(request)
    reading = RequestFactory().get("/")
    reading.user, reading.actor = request.user, CALLER
    assert actor_auth(reading) == CALLER


def test_nobody_is_nobody() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert actor_auth(request) is None
