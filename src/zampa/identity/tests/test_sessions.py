"""The journal of sign-ins: a line for each, a record for administrators and lockouts, read by those who may."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zampa.contracts.actors import SYSTEM
from zampa.ground.clock import utc_now
from zampa.identity import acts, queries
from zampa.identity.models import SignIn
from zampa.identity.queries import actor_of
from zampa.identity.tests.cast import PASSWORD, a_department, a_person
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_shared_counts(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def a_user(department, *posts):
    person = a_person(department, *posts)
    acts.set_password(by=SYSTEM, person_id=person.pk, password=PASSWORD)
    return person


def sign_in(username, password=PASSWORD):
    client = Client(REMOTE_ADDR="10.3.2.1")
    client.post(reverse("account_login"), {"login": username, "password": password})
    return client


def lines():
    return list(SignIn.objects.order_by("pk").values_list("outcome", "person__username", "address"))


def records():
    return list(
        Record.objects.filter(event__startswith="identity:session:").order_by("pk").values_list("event", flat=True)
    )


def test_a_clerk_is_in_the_journal_and_not_in_the_ledger():
    clerk = a_user(a_department(), "editor")
    client = sign_in(clerk.username)
    client.post(reverse("account_logout"))
    assert lines() == [("signed_in", clerk.username, "10.3.2.1"), ("signed_out", clerk.username, "10.3.2.1")]
    assert records() == []


def test_an_administrators_session_is_in_the_ledger():
    admin = a_user(None, "audit_admin")
    client = sign_in(admin.username)
    client.post(reverse("account_logout"))
    assert records() == ["identity:session:begun", "identity:session:ended"]
    record = Record.objects.filter(event="identity:session:begun").get()
    assert (record.actor, json.loads(record.body.content)["facts"]) == (str(admin.pk), {"address": "10.3.2.1"})


def test_an_idle_session_ends_with_its_line():
    clerk = a_user(a_department(), "editor")
    client = sign_in(clerk.username)
    client.get(reverse("identity:account"))
    session = client.session
    session["seen_at"] -= 31 * 60
    session.save()
    assert client.get(reverse("identity:account")).status_code == 302
    assert [outcome for outcome, *_ in lines()] == ["signed_in", "signed_out"]


def test_failures_are_lines_and_the_lockout_is_one_record():
    clerk = a_user(a_department(), "editor")
    for _ in range(7):
        sign_in(clerk.username, "wrong")
    sign_in(clerk.username)  # right, but too late
    told = [outcome for outcome, *_ in lines()]
    assert told[:4] == ["failed"] * 4 and set(told[4:]) == {"locked"} and len(told) == 8
    assert records() == ["identity:session:locked"]
    assert queries.sign_ins(actor_of(clerk)).count() == 8


def test_a_name_of_no_account_is_not_kept():
    sign_in("my-own-password", "x")
    assert lines() == [("failed", None, "10.3.2.1")]


def test_who_reads_it():
    department = a_department()
    clerk, other, head = (a_user(department, post) for post in ("editor", "editor", "sharing_head"))
    auditor, security, system = (a_user(None, f"{post}_admin") for post in ("audit", "security", "system"))
    sign_in(clerk.username)
    for person, seen in ((clerk, 1), (other, 0), (head, 0), (system, 0), (auditor, 1), (security, 1)):
        assert queries.sign_ins(actor_of(person)).count() == seen
    client = sign_in(auditor.username)
    assert clerk.username in client.get(reverse("identity:sign_ins")).content.decode()
    assert clerk.username not in sign_in(other.username).get(reverse("identity:sign_ins")).content.decode()


def test_lines_end_after_180_days():
    clerk = a_user(a_department(), "editor")
    now = utc_now()
    for days in (1, 179, 181):
        acts.note_sign_in(outcome=SignIn.Outcome.SIGNED_IN, person=clerk, address="", now=now - timedelta(days=days))
    assert acts.note_old_sign_ins(before=now - timedelta(days=180)) == 1
    assert SignIn.objects.count() == 2
