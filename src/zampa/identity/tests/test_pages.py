"""Every page of the room opens for those it is for, says why not to others, and keeps foreign things unknown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from zampa.contracts.actors import SYSTEM
from zampa.identity import acts, queries
from zampa.identity.models import Person
from zampa.identity.tests.cast import PASSWORD, a_department, a_person

pytestmark = pytest.mark.django_db
LISTS = ("account", "tokens", "messages", "departments", "regions", "people", "keys")


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def editor() -> Person:
    return a_person(a_department(), "editor")


@pytest.fixture
def system_admin() -> Person:
    return a_person(None, "system_admin", name="系统管理员")


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_for_an_editor(editor: Person, name: str) -> None:
    assert client_of(editor).get(reverse(f"identity:{name}")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_lists_ask_strangers_to_sign_in(name: str) -> None:
    response = Client().get(reverse(f"identity:{name}"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["departments", "regions", "people", "keys", "tokens", "messages"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_lists_export(editor: Person, name: str, kind: str) -> None:
    response = client_of(editor).get(reverse(f"identity:{name}"), {"export": kind})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]


def test_a_department_page_warns_when_one_person_decides_alone(editor: Person) -> None:
    assert editor.department is not None
    a_person(editor.department, "sharing_head", name="央金")
    page = client_of(editor).get(reverse("identity:department", args=[editor.department.pk]))
    assert "不足两名" in page.content.decode()


def test_a_person_of_another_department_is_unknown(editor: Person) -> None:
    stranger = a_person(a_department("气象局"), "editor", name="次仁")
    assert client_of(editor).get(reverse("identity:person", args=[stranger.pk])).status_code == 404


def test_the_system_administrator_registers_a_department_and_a_person(system_admin: Person) -> None:
    client = client_of(system_admin)
    acts.load_packaged_regions(by=SYSTEM)
    page = client.post(
        reverse("identity:department_new"),
        {"code": "11100000000013338W", "name": "民政厅", "region_code": "540000"},
    )
    assert page.status_code == 303
    department = queries.departments(SYSTEM).get(name="民政厅")
    shown = client.post(
        reverse("identity:person_new"), {"username": "ciren.dolma", "name": "次仁卓玛", "department": department.pk}
    )
    assert "/identity/invitations/" in shown.content.decode()


def test_a_bad_credit_code_lands_beside_its_field(system_admin: Person) -> None:
    acts.load_packaged_regions(by=SYSTEM)
    page = client_of(system_admin).post(
        reverse("identity:department_new"), {"code": "11100000000013339W", "name": "民政厅", "region_code": "540000"}
    )
    assert page.status_code == 200
    assert "校验码" in page.content.decode()
    assert "民政厅" in page.content.decode()


def test_an_editor_may_not_register(editor: Person) -> None:
    assert client_of(editor).get(reverse("identity:department_new")).status_code == 403
    assert client_of(editor).get(reverse("identity:person_new")).status_code == 403


def test_a_post_is_granted_and_ended_on_the_page(editor: Person) -> None:
    client = client_of(a_person(None, "security_admin", name="安全管理员"))
    to = reverse("identity:person", args=[editor.pk])
    assert client.get(to).status_code == 200
    client.post(reverse("identity:post_assign", args=[editor.pk]), {"post": "sharing_head"})
    assert queries.actor_of(editor).posts == {"editor", "sharing_head"}
    client.post(reverse("identity:post_end", args=[editor.pk, "editor"]), {"reason": "轮岗"})
    assert queries.actor_of(editor).posts == {"sharing_head"}


def test_a_token_is_shown_once_and_revoked(editor: Person) -> None:
    client = client_of(editor)
    shown = client.post(reverse("identity:token_new"), {"name": "夜间报表", "scopes": ["read"], "days": 30})
    assert "zpt_" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    token = queries.tokens(queries.actor_of(editor)).get()
    assert "zpt_" not in client.get(reverse("identity:tokens")).content.decode()
    client.post(reverse("identity:token_revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_messages_are_read(editor: Person) -> None:
    client = client_of(editor)
    assert "编目员" in client.get(reverse("identity:messages")).content.decode()
    client.post(reverse("identity:messages_read"))
    assert queries.unread(queries.actor_of(editor)) == 0


def test_a_head_names_a_deputy_on_the_page(editor: Person) -> None:
    head = a_person(editor.department, "sharing_head", name="央金")
    client = client_of(head)
    assert client.get(reverse("identity:deputy_new")).status_code == 200
    given = {"post": "sharing_head", "stand_in": editor.pk, "starts": "2099-01-01", "ends": "2099-01-05"}
    assert client.post(reverse("identity:deputy_new"), given).status_code == 303
    deputy = queries.deputies_of(head.pk).get()
    client.post(reverse("identity:deputy_withdraw", args=[deputy.pk]))
    deputy.refresh_from_db()
    assert deputy.withdrawn_at is not None


def test_the_language_is_kept(editor: Person) -> None:
    response = client_of(editor).post(reverse("identity:language"), {"language": "bo"})
    assert response.cookies["language"].value == "bo"
    editor.refresh_from_db()
    assert editor.language == "bo"


def test_list_pages_ask_few_questions(editor: Person, django_assert_max_num_queries: object) -> None:
    assert editor.department is not None
    for number in range(12):
        a_person(editor.department, "editor", name=f"同事{number}")
    client = client_of(editor)
    client.get(reverse("identity:people"))
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get(reverse("identity:people"))
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get(reverse("identity:departments"))


def test_lists_narrow(editor: Person) -> None:
    a_department("拉萨市民政局", "540100")
    client = client_of(editor)
    page = client.get(reverse("identity:departments"), {"region": "540100"}).content.decode()
    assert "拉萨市民政局" in page
    assert "公安厅" not in page.split("<table", 1)[1].split("</table>")[0]
    assert client.get(reverse("identity:people"), {"post": "editor", "state": "active"}).status_code == 200
    assert client.get(reverse("identity:people"), {"post": "authority"}).status_code == 200
    assert "540481" in client.get(reverse("identity:regions"), {"q": "米林", "now": "yes"}).content.decode()
    for state in ("live", "expired", "revoked"):
        assert client.get(reverse("identity:keys"), {"state": state}).status_code == 200


def test_the_password_is_never_needed_for_these(editor: Person) -> None:
    acts.set_password(by=SYSTEM, person_id=editor.pk, password=PASSWORD)
    editor.refresh_from_db()
    assert editor.check_password(PASSWORD)


def test_the_system_administrator_corrects_and_moves_a_person(system_admin: Person, editor: Person) -> None:
    client, other = client_of(system_admin), a_department("气象局")
    change = reverse("identity:person_change", args=[editor.pk])
    assert editor.name in client.get(change).content.decode()
    assert client.post(change, {"name": ""}).status_code == 422
    assert client.post(change, {"name": "次旦", "email": "cidan@example.org"}).status_code == 303
    editor.refresh_from_db()
    assert (editor.name, editor.email) == ("次旦", "cidan@example.org")
    move = reverse("identity:person_move", args=[editor.pk])
    held = client.post(move, {"department": other.pk})
    assert held.status_code == 422
    assert "还有岗位" in held.content.decode()
    acts.end_post(by=SYSTEM, person_id=editor.pk, post="editor", reason="调动")
    assert client.post(move, {"department": other.pk}).status_code == 303
    editor.refresh_from_db()
    assert editor.department_id == other.pk


@pytest.mark.parametrize("name", ["person_change", "person_move"])
def test_only_the_system_administrator_corrects_or_moves_people(editor: Person, name: str) -> None:
    client = client_of(editor)
    assert client.get(reverse(f"identity:{name}", args=[editor.pk])).status_code == 403
    before = Person.objects.get(pk=editor.pk)
    assert client.post(reverse(f"identity:{name}", args=[editor.pk]), {"name": "别人"}).status_code == 403
    assert Person.objects.get(pk=editor.pk).name == before.name
