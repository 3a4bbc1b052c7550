import pytest

from zampa.contracts.actors import SYSTEM
from zampa.identity.tests.cast import a_department, an_actor

pytestmark = pytest.mark.django_db


def test_a_person_with_a_post():
    department = a_department()
    actor = an_actor(department, "editor")
    assert actor.posts == {"editor"}
