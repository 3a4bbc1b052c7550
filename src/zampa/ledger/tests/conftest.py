"""People of the rooms above, met only as the tables that settings name: the ledger itself knows no person."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from zampa.contracts.actors import Actor

NOW = datetime(2026, 1, 5, tzinfo=UTC)


class People:
    """Two departments, the authority of their region, one clerk each; `client(name)` is signed in as them."""

    def __init__(self) -> None:
        table = apps.get_model
        region, _ = table("identity", "Region").objects.get_or_create(
            code="540000", defaults={"name": "西藏自治区", "level": "region", "valid_from": NOW.date()}
        )
        make = table("identity", "Department").objects.create
        self.departments = {
            name: make(code=f"11540000{n:09}X", name=name, region=region, governs=name == "authority", created_at=NOW)
            for n, name in enumerate(("provider", "requester", "authority", "stranger"))
        }
        self.posts = table("identity", "PostHolding").objects
        self.persons = {name: self._person(name, department) for name, department in self.departments.items()}
        for name in ("audit_admin", "security_admin"):
            self.persons[name] = self._person(name, None)
            self._post(name, name, None)
        for name, department in self.departments.items():
            self._post(name, "authority" if name == "authority" else "editor", department)

    def _person(self, name, department):
        return get_user_model().objects.create(username=name, name=name, department=department, created_at=NOW)

    def _post(self, name, post, department) -> None:
        self.posts.create(
            person=self.persons[name], department=department, post=post, starts=NOW, granted_by="test"
        )

    def actor(self, name: str) -> Actor:
        person, department = self.persons[name], self.departments.get(name)
        return Actor(kind="person", id=str(person.pk), name=name, department=str(department.pk) if department else "")


@pytest.fixture
def people(db) -> People:
    return People()


@pytest.fixture
def signed_in(people, client):
    """signed_in("provider") -> a client that is them."""

    def enter(name: str):
        client.force_login(people.persons[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return enter
