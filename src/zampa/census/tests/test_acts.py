"""Systems and connections on real databases: one to keep them, one to be connected to."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from zampa.census import acts, queries
from zampa.census.events import Event
from zampa.census.models import Connection
from zampa.contracts.actors import SYSTEM, Actor
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.models import Department
from zampa.identity.tests.cast import a_department, an_actor
from zampa.ledger.models import Body, Record

pytestmark = pytest.mark.django_db
SECRET = "correct-horse-battery"


@pytest.fixture(autouse=True)
def master_key(settings: object, tmp_path: Path) -> None:
    path = tmp_path / "master"
    path.write_bytes(b"k" * 32)
    settings.ZAMPA_MASTER_KEY_FILE = path  # type: ignore[attr-defined]


@pytest.fixture
def police() -> Department:
    return a_department()


@pytest.fixture
def editor(police: Department) -> Actor:
    return an_actor(police, "editor")


def a_connection(by: Actor, **given: object) -> Connection:
    values = {
        "name": "人口库",
        "engine": "postgresql",
        "host": "10.1.2.3",
        "port": 5432,
        "database": "pop",
        "user": "reader",
        "secret": SECRET,
    }
    return acts.register_connection(by=by, department_id=by.department, **{**values, **given})  # type: ignore[arg-type]


def reached(by: Actor, address: str, **given: object) -> Connection:
    parts = urlsplit(address)
    place = {
        "host": parts.hostname,
        "port": parts.port,
        "database": parts.path.strip("/"),
        "user": parts.username,
        "secret": parts.password,
    }
    return a_connection(by, **{**place, **given})


def test_a_system_is_entered_once(editor: Actor, police: Department) -> None:
    system = acts.register_system(by=editor, code="GAT-RK-01", name="人口信息系统", department_id=police.pk)
    assert system.name_key == "ren kou xin xi xi tong"
    with pytest.raises(NotValid) as error:
        acts.register_system(
            by=editor, code="GAT-RK-01", name="", department_id=police.pk, network="moon", state="lost"
        )
    assert [fault.where for fault in error.value.faults] == ["name", "network", "state", "code"]
    acts.change_system(by=editor, system_id=system.pk, name="人口系统", network="private", state="stopped")
    system.refresh_from_db()
    assert (system.name, system.state) == ("人口系统", "stopped")


def test_systems_are_their_departments_own(editor: Actor, police: Department) -> None:
    system = acts.register_system(by=editor, code="GAT-RK-01", name="人口信息系统", department_id=police.pk)
    stranger = an_actor(a_department("气象局"), "editor", name="次仁")
    with pytest.raises(NotFound):
        acts.change_system(by=stranger, system_id=system.pk, name="x", network="private", state="stopped")
    with pytest.raises(NotAllowed):
        acts.register_system(by=stranger, code="GAT-RK-02", name="x", department_id=police.pk)
    authority = an_actor(a_department("大数据局", governs=True), "authority", name="央金")
    assert list(queries.systems_of(authority)) == [system]
    assert not queries.systems_of(stranger).exists()


def test_a_secret_is_sealed_and_opens_only_for_its_row(editor: Actor) -> None:
    row = a_connection(editor)
    assert SECRET not in row.sealed_secret
    assert queries.endpoint_of(row.pk).secret == SECRET
    assert not any(SECRET in content for content in Body.objects.values_list("content", flat=True))
    other = a_connection(editor, name="另一个")
    Connection.objects.filter(pk=other.pk).update(sealed_secret=row.sealed_secret)
    with pytest.raises(NotValid):
        queries.endpoint_of(other.pk)


def test_a_kept_secret_is_not_sent_elsewhere(editor: Actor) -> None:
    row = a_connection(editor)
    same = {"name": "人口库", "host": "10.1.2.3", "port": 5432, "database": "pop2", "user": "reader"}
    acts.change_connection(by=editor, connection_id=row.pk, **same)  # type: ignore[arg-type]
    assert queries.endpoint_of(row.pk).secret == SECRET
    with pytest.raises(NotValid) as error:
        acts.change_connection(by=editor, connection_id=row.pk, **{**same, "host": "10.9.9.9"})  # type: ignore[arg-type]
    assert error.value.faults[0].code == "census.connection.secret_again"
    row.refresh_from_db()
    assert row.host == "10.1.2.3"


def test_options_named_secret_are_sealed_too(editor: Actor) -> None:
    row = acts.register_connection(
        by=editor, department_id=editor.department, name="接口", engine="http", url="https://api.example.org/v1",
        options={"header.X-Dept": "gat", "token": "t0ken-value"}, secret="",
    )  # fmt: skip
    hidden = "token" not in row.options
    assert "t0ken-value" not in row.sealed_secret
    assert queries.endpoint_of(row.pk).options.get("token") == "t0ken-value"
    assert hidden or row.options["token"] == "t0ken-value"


def test_connections_are_nobody_elses_business(editor: Actor) -> None:
    row = a_connection(editor)
    for actor in (
        an_actor(a_department("气象局"), "editor", name="次仁"),
        an_actor(a_department("大数据局", governs=True), "authority", name="央金"),
        an_actor(None, "audit_admin", name="审计"),
    ):
        with pytest.raises(NotFound):
            queries.connection(actor, row.pk)
        with pytest.raises(NotFound):
            acts.check_connection(by=actor, connection_id=row.pk)


def test_a_check_really_connects(editor: Actor, provider_database: str) -> None:
    row = acts.check_connection(by=editor, connection_id=reached(editor, provider_database).pk)
    assert (row.state, row.error_code) == ("live", "")
    assert row.server_version
    assert Record.objects.filter(event=Event.CONNECTION_LIVE).count() == 1
    acts.check_connection(by=editor, connection_id=row.pk)
    assert Record.objects.filter(event=Event.CONNECTION_LIVE).count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret": "wrong"}, "connectors.bad_password"),
        ({"database": "nowhere_at_all"}, "connectors.no_such_database"),
        ({"port": 1}, "connectors.unreachable"),
    ],
)
def test_a_failing_source_is_one_clear_code(
    editor: Actor, provider_database: str, changes: dict[str, object], code: str
) -> None:
    row = acts.check_connection(by=editor, connection_id=reached(editor, provider_database, **changes).pk)
    assert (row.state, row.error_code) == ("broken", code)
    assert "wrong" not in str(row.error_params)
    assert Record.objects.filter(event=Event.CONNECTION_BROKEN).count() == 1


def test_only_approved_networks_are_reached(editor: Actor, provider_database: str, settings: object) -> None:
    settings.ZAMPA_ALLOW_LOOPBACK = False  # type: ignore[attr-defined]
    row = acts.check_connection(by=editor, connection_id=reached(editor, provider_database).pk)
    assert row.error_code == "connectors.address_not_allowed"
    far = a_connection(editor, name="远处", host="10.255.255.1", port=9)
    assert acts.check_connection(by=editor, connection_id=far.pk).error_params["rule"] == "not_listed"
    security = an_actor(None, "security_admin", name="安全")
    with pytest.raises(NotAllowed):
        acts.approve_network(by=editor, cidr="10.255.0.0/16", note="x")
    approved = acts.approve_network(by=security, cidr="10.255.0.0/16", note="公安专网")
    assert queries.address_policy(far.pk).networks[-1].compressed == "10.255.0.0/16"
    with pytest.raises(NotValid):
        acts.approve_network(by=security, cidr="10.255.0.0/16", note="公安专网")
    acts.withdraw_network(by=security, network_id=approved.pk)
    assert not queries.address_policy(far.pk).networks


def test_files_lie_in_the_departments_own_folder(
    editor: Actor, police: Department, settings: object, tmp_path: Path
) -> None:
    settings.ZAMPA_ALLOW_LOOPBACK = False  # type: ignore[attr-defined]
    settings.ZAMPA_FILES_DIR = tmp_path  # type: ignore[attr-defined]
    own = tmp_path / "sources" / police.code
    foreign = tmp_path / "sources" / "somebody-else"
    for folder in (own, foreign):
        folder.mkdir(parents=True)
        (folder / "a.csv").write_text("id\n1\n")
    states = []
    for number, folder in enumerate((own, foreign)):
        row = acts.register_connection(
            by=editor, department_id=police.pk, name=f"文件{number}", engine="csv", folder=str(folder)
        )
        found = acts.check_connection(by=editor, connection_id=row.pk)
        states.append((found.state, found.error_code))
    assert states == [("live", ""), ("broken", "connectors.folder_not_allowed")]


def test_a_key_names_a_system_of_ones_own(police: Department) -> None:
    head = an_actor(police, "sharing_head")
    system = acts.register_system(by=head, code="GAT-RK-01", name="人口信息系统", department_id=police.pk)
    key, text = acts.issue_key(by=head, system_id=system.pk)
    assert (key.system_id, key.system_name, key.department_id) == (system.pk, system.name, police.pk)
    assert text.startswith("zck_")
    stranger = an_actor(a_department("气象局"), "sharing_head", name="次仁")
    with pytest.raises(NotFound):
        acts.issue_key(by=stranger, system_id=system.pk)
    with pytest.raises(NotValid):
        acts.issue_key(by=head, system_id=system.pk, algorithm="ed25519", public_key="nonsense")
    acts.issue_key(by=head, system_id=system.pk)
    with pytest.raises(Conflict):
        acts.issue_key(by=head, system_id=system.pk)


def test_the_installation_sees_all(editor: Actor) -> None:
    row = a_connection(editor)
    assert queries.connection(SYSTEM, row.pk) == row
