"""Signing in: lockout, the second factor, idle log-out, the first links, tokens at the API."""

from __future__ import annotations

import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from zampa.contracts.actors import SYSTEM
from zampa.identity import acts, enrolment, queries
from zampa.identity.models import Person
from zampa.identity.tests.cast import PASSWORD, a_department, a_person
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
LOGIN = "account_login"


@pytest.fixture(autouse=True)
def keys(settings: object, tmp_path: object) -> None:
    master = tmp_path / "master"  # type: ignore[operator]
    master.write_bytes(b"m" * 32)
    settings.ZAMPA_MASTER_KEY_FILE = master  # type: ignore[attr-defined]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # type: ignore[attr-defined]


@pytest.fixture
def person() -> Person:
    made = a_person(a_department(), "editor")
    acts.set_password(by=SYSTEM, person_id=made.pk, password=PASSWORD)
    return made


def sign_in(client: Client, person: Person, password: str = PASSWORD) -> object:
    return client.post(reverse(LOGIN), {"login": person.username, "password": password})


def totp_now(secret: str) -> str:
    """The code of this very period: one of the period before would be refused when the next begins meanwhile."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))


def test_password_alone_where_the_second_factor_is_optional(person: Person) -> None:
    client = Client()
    assert client.get(reverse(LOGIN)).status_code == 200
    assert sign_in(client, person).status_code == 302  # type: ignore[attr-defined]
    assert client.get(reverse("identity:account")).status_code == 200


def test_five_wrong_passwords_lock(person: Person) -> None:
    client = Client()
    for _ in range(5):
        answer = sign_in(client, person, "wrong-password-1")
    assert answer.status_code == 429  # type: ignore[attr-defined]
    assert "锁定" in answer.content.decode()  # type: ignore[attr-defined]
    assert sign_in(client, person).status_code == 429  # type: ignore[attr-defined]
    assert client.get(reverse("identity:account")).status_code == 302


def test_one_wrong_password_says_no_more_than_that(person: Person) -> None:
    client = Client()
    known = sign_in(client, person, "wrong-password-1").content.decode()  # type: ignore[attr-defined]
    assert "账号或密码不正确" in known
    unknown = client.post(reverse(LOGIN), {"login": "nobody-here", "password": "wrong-password-1"}).content.decode()
    assert "账号或密码不正确" in unknown


def test_nothing_opens_before_the_second_factor_is_set_up(
    person: Person, settings: object, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ZAMPA_SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    client = Client()
    sign_in(client, person)
    for name in ("identity:people", "census:systems", "identity:token_new"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": totp_now(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert client.get(reverse("identity:people")).status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 302
    entered = Record.objects.get(event="identity:second_factor:added", subject=str(person.pk))
    assert entered.actor == str(person.pk)
    assert secret not in entered.body.content
    stored = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert stored != secret
    assert stored.startswith("aes-256-gcm:")


def test_a_log_in_stops_at_the_second_factor(person: Person, settings: object) -> None:
    settings.ZAMPA_SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(person, secret)
    client = Client()
    answer = sign_in(client, person)
    assert answer["Location"] == reverse("mfa_authenticate")  # type: ignore[index]
    assert client.get(reverse("identity:people")).status_code == 302
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert "验证码不正确" in wrong.content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": totp_now(secret)}).status_code == 302
    assert client.get(reverse("identity:people")).status_code == 200


def test_an_idle_session_ends(person: Person, settings: object) -> None:
    client = Client()
    sign_in(client, person)
    assert client.get(reverse("identity:account")).status_code == 200
    session = client.session
    session["seen_at"] = int(time.time()) - settings.ZAMPA_IDLE_MINUTES * 60 - 1  # type: ignore[attr-defined]
    session.save()
    assert client.get(reverse("identity:account")).status_code == 302


def test_a_leaver_is_out_at_once(person: Person) -> None:
    client = Client()
    sign_in(client, person)
    acts.note_leaver(by=SYSTEM, person_id=person.pk)
    assert client.get(reverse("identity:account")).status_code == 302
    assert sign_in(Client(), person)["Location"] == reverse("account_inactive")  # type: ignore[index]


def test_nobody_signs_up(person: Person) -> None:
    for name in ("account_signup", "account_reset_password", "account_email"):
        assert Client().get(reverse(name))["Location"] == reverse(LOGIN)


def test_enrol_prints_three_links_that_work_once(settings: object) -> None:
    settings.ZAMPA_SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    out = StringIO()
    call_command("enrol", stdout=out)
    links = [line.split()[-1] for line in out.getvalue().splitlines() if "/invitations/" in line]
    assert len(links) == 3
    client = Client()
    path = links[0].removeprefix(settings.ZAMPA_PUBLIC_URL)  # type: ignore[attr-defined]
    assert "system-admin" in client.get(path).content.decode()
    assert "不一致" in client.post(path, {"password": PASSWORD, "again": "other-password"}).content.decode()
    answer = client.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert Client().get(path).status_code == 404
    again = enrolment.links()
    assert [post for post, _, _ in again] == ["security_admin", "audit_admin"]
    assert [post for post, _, _ in enrolment.links("system_admin")] == ["system_admin"]
    assert not queries.post_holders(None, "system_admin").get().has_usable_password()


def test_a_token_opens_the_api_as_far_as_its_scope(person: Person) -> None:
    actor = queries.actor_of(person)
    _, read = acts.make_token(by=actor, name="读", scopes=["read"], days=5, proven=True)
    _, write = acts.make_token(by=actor, name="写", scopes=["read", "write"], days=5, proven=True)
    client = Client()
    assert client.get("/api/identity/me").status_code == 401
    found = client.get("/api/identity/me", headers={"Authorization": f"Bearer {read}"})
    assert found.json()["posts"] == ["editor"]
    assert queries.tokens(actor).get(name="读").last_used_on is not None
    assert queries.tokens(actor).get(name="写").last_used_on is None
    refused = client.post("/api/identity/messages/read", headers={"Authorization": f"Bearer {read}"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "identity.token.read_only"
    assert refused["Content-Type"] == "application/problem+json"
    assert client.post("/api/identity/messages/read", headers={"Authorization": f"Bearer {write}"}).status_code == 200
    assert client.get(reverse("identity:account"), headers={"Authorization": f"Bearer {write}"}).status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_list_webauthn",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "account_inactive",
    ],
)
def test_our_own_pages_for_the_rest(person: Person, name: str) -> None:
    client = Client()
    sign_in(client, person)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "entrance" in "".join(str(template.name) for template in page.templates)


def test_a_changed_password_counts_at_once(person: Person) -> None:
    client = Client()
    sign_in(client, person)
    new = "another-bridge-9-long"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), given)["Location"] == reverse("identity:account")
    person.refresh_from_db()
    assert person.check_password(new)
    assert client.get(reverse("identity:account")).status_code == 200
    entered = Record.objects.get(event="identity:password:changed", subject=str(person.pk))
    assert entered.actor == str(person.pk)
    assert new not in entered.body.content + entered.leaf


def test_a_wrong_old_password_changes_and_enters_nothing(person: Person) -> None:
    client = Client()
    sign_in(client, person)
    given = {"oldpassword": "not-the-old-one", "password1": "another-bridge-9", "password2": "another-bridge-9"}
    assert client.post(reverse("account_change_password"), given).status_code == 200
    assert not Record.objects.filter(event="identity:password:changed").exists()


def test_a_second_factor_taken_off_is_entered(person: Person) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client()
    sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": totp_now("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=person, type="totp").exists()
    entered = Record.objects.get(event="identity:second_factor:removed")
    assert '"kind":"totp"' in entered.body.content
