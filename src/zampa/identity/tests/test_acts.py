"""What the acts write, refuse and enter in the ledger, on a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zampa.contracts.actors import SYSTEM
from zampa.ground.clock import local_date, utc_now
from zampa.ground.digests import b64, sha256
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.ground.ids import new_id
from zampa.identity import acts, divisions, queries
from zampa.identity.events import Event
from zampa.identity.models import ConsumerKey, Department, Region
from zampa.identity.tests.cast import PASSWORD, a_department, a_person, an_actor, credit_code
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db


def codes_of(error: pytest.ExceptionInfo[NotValid]) -> list[str]:
    return [fault.code for fault in error.value.faults]


def entered(event: str) -> int:
    return Record.objects.filter(event=event).count()


@pytest.fixture
def no_regions() -> None:
    """As before the first migration, which loads them."""
    Region.objects.all().delete()


@pytest.mark.usefixtures("no_regions")
def test_packaged_regions_are_the_real_ones() -> None:
    assert acts.load_packaged_regions(by=SYSTEM) > 0
    assert acts.load_packaged_regions(by=SYSTEM) == 0
    now = queries.regions_on(SYSTEM, date(2026, 1, 1))
    assert now.filter(level="county").count() == 74
    assert now.filter(level="prefecture").count() == 7
    assert Region.objects.get(pk="540422").successor_id == "540481"
    assert Region.objects.get(pk="542300").successor_id == "540200"
    assert queries.regions_on(SYSTEM, date(2013, 1, 1)).filter(pk="542100").exists()
    assert not queries.regions_on(SYSTEM, date(2013, 1, 1)).filter(pk="540300").exists()
    assert not Region.objects.filter(name_bo_reviewed=True).exists()


@pytest.mark.usefixtures("no_regions")
def test_bad_region_rows_are_named_and_change_nothing() -> None:
    rows = [
        {"code": "540000", "level": "region", "name": "西藏自治区"},
        {"code": "54000", "level": "region", "name": "x"},
        {"code": "540100", "level": "city", "name": ""},
        {"code": "540200", "level": "county", "name": "y", "valid_from": "2014"},
    ]
    with pytest.raises(NotValid) as error:
        acts.load_regions(by=SYSTEM, rows=rows)
    assert {(fault.where, fault.code) for fault in error.value.faults} == {
        ("3", "identity.region.bad_code"),
        ("4", "identity.region.bad_level"),
        ("4", "identity.region.no_name"),
        ("5", "identity.region.bad_date"),
    }
    assert not Region.objects.exists()


@pytest.mark.usefixtures("no_regions")
def test_region_rows_need_their_parent() -> None:
    with pytest.raises(NotValid) as error:
        acts.load_regions(by=SYSTEM, rows=[{"code": "540102", "level": "county", "name": "城关区", "parent": "540100"}])
    assert codes_of(error) == ["identity.region.unknown_parent"]


def test_every_packaged_row_parses() -> None:
    parsed, faults = divisions.parse(divisions.packaged())
    assert not faults
    assert all(not row.successor or row.valid_to for row in parsed)


def test_a_department_is_registered_once_with_its_faults_together() -> None:
    acts.load_packaged_regions(by=SYSTEM)
    with pytest.raises(NotValid) as error:
        acts.register_department(by=SYSTEM, code="123", name=" ", region_code="542100")
    assert codes_of(error) == ["identity.department.bad_credit_code", "identity.missing", "identity.region.unknown"]
    code = credit_code()
    acts.register_department(by=SYSTEM, code=code, name="民政厅", region_code="540000")
    with pytest.raises(NotValid) as error:
        acts.register_department(by=SYSTEM, code=code, name="民政厅", region_code="540000")
    assert codes_of(error) == ["identity.department.code_taken"]
    assert Department.objects.get(code=code).name_key == "min zheng ting"
    assert entered(Event.DEPARTMENT_REGISTERED) == 1


def test_one_authority_a_region() -> None:
    first = a_department("大数据局", governs=True)
    with pytest.raises(Conflict):
        a_department("经信厅", governs=True)
    assert queries.authority_of(a_department("民政厅").pk) == first
    with pytest.raises(NotFound):
        queries.authority_of(a_department("拉萨市民政局", "540100").pk)


def test_an_editor_registers_nobody_and_the_refusal_is_entered() -> None:
    editor = an_actor(a_department(), "editor")
    with pytest.raises(NotAllowed, match="system_admin_only"):
        acts.register_person(by=editor, username="somebody", name="某人")
    assert entered("ledger:act:refused") == 1


def test_nobody_holds_two_of_the_three() -> None:
    person = a_person(None, "system_admin")
    for post in ("security_admin", "audit_admin"):
        with pytest.raises(NotValid, match="two_admin_posts"):
            acts.assign_post(by=SYSTEM, person_id=person.pk, post=post)
    with pytest.raises(NotAllowed, match="not_to_oneself"):
        security = a_person(None, "security_admin")
        acts.assign_post(by=queries.actor_of(security), person_id=security.pk, post="editor")


def test_a_post_ended_is_gone_and_can_be_given_again() -> None:
    person = a_person(a_department(), "editor")
    acts.end_post(by=SYSTEM, person_id=person.pk, post="editor", reason="轮岗")
    assert queries.actor_of(person).posts == frozenset()
    acts.assign_post(by=SYSTEM, person_id=person.pk, post="editor")
    assert queries.actor_of(person).posts == {"editor"}


def test_a_deputy_acts_only_within_the_dates() -> None:
    department = a_department()
    head, colleague = a_person(department, "sharing_head"), a_person(department, "editor", name="次仁")
    now = utc_now()
    today = local_date(now)
    acts.name_deputy(
        by=queries.actor_of(head), person_id=head.pk, stand_in_id=colleague.pk, post="sharing_head",
        starts=today, ends=today + timedelta(days=2),
    )  # fmt: skip
    actor = queries.actor_of(colleague, now)
    assert actor.posts == {"editor", "sharing_head"}
    assert actor.deputy_for == str(head.pk)
    assert set(queries.post_holders(department.pk, "sharing_head", now)) == {head, colleague}
    later = now + timedelta(days=3)
    assert queries.actor_of(colleague, later).posts == {"editor"}
    assert set(queries.post_holders(department.pk, "sharing_head", later)) == {head}


def test_a_deputy_ends_with_the_post_it_was_named_under() -> None:
    department = a_department()
    head, colleague = a_person(department, "sharing_head"), a_person(department, name="次仁")
    today = local_date(utc_now())
    acts.name_deputy(
        by=queries.actor_of(head),
        person_id=head.pk,
        stand_in_id=colleague.pk,
        post="sharing_head",
        starts=today,
        ends=today,
    )
    acts.end_post(by=SYSTEM, person_id=head.pk, post="sharing_head", reason="轮岗")
    assert queries.actor_of(colleague).posts == frozenset()


def test_nobody_names_a_deputy_for_somebody_else() -> None:
    department = a_department()
    head, other = a_person(department, "sharing_head"), a_person(department, "sharing_head", name="次仁")
    today = local_date(utc_now())
    with pytest.raises(NotAllowed, match="own_post_only"):
        acts.name_deputy(
            by=queries.actor_of(other),
            person_id=head.pk,
            stand_in_id=other.pk,
            post="sharing_head",
            starts=today,
            ends=today,
        )


def test_invitations_work_once() -> None:
    person = a_person(a_department(), "editor")
    old = acts.invite_person(by=SYSTEM, person_id=person.pk)
    secret = acts.invite_person(by=SYSTEM, person_id=person.pk)
    with pytest.raises(NotFound):
        acts.accept_invitation(secret=old, password=PASSWORD)
    with pytest.raises(NotValid) as error:
        acts.accept_invitation(secret=secret, password="short")
    assert "identity.password.too_short" in codes_of(error)
    acts.accept_invitation(secret=secret, password=PASSWORD)
    with pytest.raises(NotFound):
        acts.accept_invitation(secret=secret, password=PASSWORD)


def test_an_invitation_expires() -> None:
    secret = acts.invite_person(by=SYSTEM, person_id=a_person(a_department()).pk)
    with pytest.raises(NotFound):
        queries.invitation(secret, utc_now() + timedelta(days=3, seconds=1))


def test_a_bearer_key_is_kept_as_its_digest() -> None:
    department = a_department()
    head = an_actor(department, "sharing_head")
    system = new_id()
    key, text = acts.issue_bearer_key(by=head, system_id=system, system_name="人口系统", department_id=department.pk)
    assert key.material == b64(sha256(text.encode()))
    assert not any(text in str(value) for value in ConsumerKey.objects.filter(pk=key.pk).values_list().get())
    acts.issue_bearer_key(by=head, system_id=system, system_name="人口系统", department_id=department.pk)
    with pytest.raises(Conflict, match="two_live_already"):
        acts.issue_bearer_key(by=head, system_id=system, system_name="人口系统", department_id=department.pk)
    acts.revoke_key(by=head, key_id=key.pk, reason="换发")
    acts.issue_bearer_key(by=head, system_id=system, system_name="人口系统", department_id=department.pk)
    assert queries.keys_of_system(system).count() == 2
    assert key.pk not in queries.live_keys().values_list("pk", flat=True)


def test_keys_are_their_departments_own() -> None:
    department = a_department()
    key, _ = acts.issue_bearer_key(by=SYSTEM, system_id=new_id(), system_name="x", department_id=department.pk)
    stranger = an_actor(a_department("气象局"), "sharing_head")
    with pytest.raises(NotFound):
        acts.revoke_key(by=stranger, key_id=key.pk, reason="误操作")
    with pytest.raises(NotAllowed, match="other_department"):
        acts.issue_bearer_key(by=stranger, system_id=new_id(), system_name="x", department_id=department.pk)
    with pytest.raises(NotValid, match="not_valid"):
        acts.revoke_key(by=SYSTEM, key_id=key.pk, reason=" ")


def test_a_token_speaks_for_its_person_until_it_ends() -> None:
    person = a_person(a_department(), "editor")
    actor = queries.actor_of(person)
    token, text = acts.make_token(by=actor, name="脚本", scopes=["read"], days=10, proven=True)
    assert queries.actor_for_token(text) == actor
    found = queries.live_token(text)
    assert found is not None
    assert found.scopes == ["read"]
    assert queries.actor_for_token(text, utc_now() + timedelta(days=11)) is None
    assert queries.actor_for_token(text + "x") is None
    acts.revoke_token(by=actor, token_id=token.pk)
    assert queries.actor_for_token(text) is None
    with pytest.raises(NotAllowed, match="second_factor_first"):
        acts.make_token(by=actor, name="脚本", scopes=["read"], days=10, proven=False)


def test_messages_are_ones_own() -> None:
    reader, other = a_person(a_department()), a_person(a_department("气象局"))
    acts.send_message(to_person_ids=[reader.pk, reader.pk], code="identity.message.post.editor")
    assert queries.unread(queries.actor_of(reader)) == 1
    assert queries.messages(queries.actor_of(other)).count() == 0
    assert (
        acts.read_messages(
            by=queries.actor_of(other), message_ids=[queries.messages(queries.actor_of(reader)).get().pk]
        )
        == 0
    )
    assert acts.read_messages(by=queries.actor_of(reader)) == 1


def test_who_sees_whom() -> None:
    region = a_department("大数据局", governs=True)
    police, weather = a_department("公安厅"), a_department("拉萨市气象局", "540100")
    one, two = a_person(police, "editor"), a_person(weather, "editor", name="次仁")
    assert set(queries.people(queries.actor_of(one))) == {one}
    authority = a_person(region, "authority", name="央金")
    assert set(queries.people(queries.actor_of(authority))) == {one, authority}
    auditor = a_person(None, "audit_admin", name="审计")
    assert {one, two} <= set(queries.people(queries.actor_of(auditor)))


def test_a_password_is_ones_own_where_two_factors_are_required(settings: object) -> None:
    person = a_person(a_department())
    settings.ZAMPA_SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        acts.set_password(by=SYSTEM, person_id=person.pk, password=PASSWORD)
