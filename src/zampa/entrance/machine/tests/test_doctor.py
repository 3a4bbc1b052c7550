"""Each finding of the doctor can be wrong, and says how to mend it."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as installed
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from zampa.catalogue.models import Resource
from zampa.catalogue.search import building
from zampa.contracts.actors import SYSTEM, Subject
from zampa.entrance.machine import doctor
from zampa.entrance.machine.keys import make_all
from zampa.entrance.machine.postgres import free_port
from zampa.exchange.models import Gateway
from zampa.ground.clock import utc_now
from zampa.identity.tests.cast import a_department, a_person
from zampa.ledger import restores
from zampa.ledger.acts import enter
from zampa.ledger.sequencer import sequence_pending


@pytest.fixture
def keys(db, settings, tmp_path):
    """A key folder as `zampa keys init` leaves it."""
    settings.ZAMPA_KEYS_DIR = tmp_path
    settings.ZAMPA_MASTER_KEY_FILE = tmp_path / "master"
    make_all()
    return tmp_path


def a_gateway(heard: timedelta) -> None:
    now = utc_now()
    Gateway.objects.create(
        name="公安厅网关", sign_public="x", sign_key_id="x", seal_public="x", enrolled_at=now, heard_at=now - heard
    )


@pytest.mark.parametrize(("version", "well"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_python(version, well):
    assert doctor._python(version).well is well


@pytest.mark.parametrize(("least", "well"), [(150_000, True), (990_000, False)])
def test_database_of_the_right_age(least, well):
    found = doctor._database(least)
    assert found.well is well and bool(found.mend) is not well


@pytest.mark.parametrize("wrong", ["port", "password"])
def test_database_that_does_not_let_us_in(monkeypatch, wrong):
    url = os.environ["ZAMPA_DATABASE_URL"]
    changed = f"postgresql://x:y@127.0.0.1:{free_port()}/x" if wrong == "port" else url.replace("zampa:", "zampa:x", 1)
    monkeypatch.setenv("ZAMPA_DATABASE_URL", changed)
    found = doctor._database()
    assert not found.well and "ZAMPA_DATABASE_URL" in found.mend
    seen = [finding.what for finding in doctor.examine()]
    assert seen[-1] == "database"  # no look at tables that cannot be read


@pytest.mark.django_db
def test_tables():
    assert doctor._migrations().well
    MigrationRecorder(connection).record_unapplied("ledger", "0002_restore")
    found = doctor._migrations()
    assert not found.well and "zampa migrate" in found.mend


@pytest.mark.django_db
def test_keys(keys):
    assert doctor._keys().well
    (keys / "log.key").chmod(0o640)
    assert "log.key" in doctor._keys().said and not doctor._keys().well
    (keys / "master").unlink()
    assert "master is missing" in doctor._keys().said


@pytest.mark.parametrize(("least", "well"), [(1, True), (2**60, False)])
def test_space(least, well):
    assert doctor._space(least).well is well


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "well"), [(1, True), (60, False)])
def test_sequencer(age, well):
    enter(event="demo:thing:made", by=SYSTEM, subject=Subject("demo.thing", "1"), at=utc_now() - timedelta(seconds=age))
    assert doctor._sequencer().well is well


@pytest.mark.django_db
def test_a_restore_under_way():
    assert doctor._restored().well
    a_gateway(timedelta(0))
    sequence_pending()
    restores.begin([], timedelta(minutes=10))
    found = doctor._restored()
    assert not found.well and "公安厅网关" in found.said


@pytest.mark.django_db
def test_administrators():
    for post in doctor.ADMINISTRATORS:
        assert post in doctor._administrators().said
        a_person(None, post)
    assert doctor._administrators().well


@pytest.mark.django_db
def test_people_who_decide():
    assert doctor._deciders().well
    office = a_department("公安厅")
    assert "公安厅" in doctor._deciders().said
    for post in ("sharing_head", "department_head"):
        for _ in range(2):
            a_person(office, post)
    assert doctor._deciders().well


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "well"), [(1, True), (5, False)])
def test_gateways(minutes, well):
    a_gateway(timedelta(minutes=minutes))
    assert doctor._gateways().well is well


@pytest.mark.django_db
def test_search_index(settings, tmp_path):
    settings.ZAMPA_INDEX_DIR = tmp_path / "index"
    assert not doctor._index().well and "zampa web" in doctor._index().mend
    building.rebuild()
    assert doctor._index().well and doctor._index().said == "0 entries"
    now = utc_now()
    Resource.objects.create(name="x", provider=a_department(), created_by_name="x", created_at=now, updated_at=now)
    found = doctor._index()
    assert not found.well and "zampa index rebuild" in found.mend


@pytest.mark.django_db(transaction=True)
def test_web(monkeypatch, live_server):
    monkeypatch.setenv("ZAMPA_ADDRESS", live_server.url.removeprefix("http://"))
    assert doctor._processes().well
    monkeypatch.setenv("ZAMPA_ADDRESS", f"127.0.0.1:{free_port()}")
    found = doctor._processes()
    assert not found.well and "zampa web" in found.mend


def test_the_command_says_what_is_wrong_and_fails(tmp_path):
    environment = {**os.environ, "ZAMPA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "zampa.entrance.settings"}
    environment["ZAMPA_DATABASE_URL"] = f"postgresql://x:y@127.0.0.1:{free_port()}/x"
    environment["PYTHONPATH"] = str(installed.PACKAGE.parent)
    done = subprocess.run(
        [sys.executable, "-m", "zampa.entrance", "doctor"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "WRONG  keys" in done.stdout and "-> Start PostgreSQL" in done.stdout and "ok     Python" in done.stdout
