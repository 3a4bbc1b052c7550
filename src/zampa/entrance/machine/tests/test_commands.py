"""The small commands, as an operator types them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from zampa.contracts.actors import SYSTEM, Subject
from zampa.ledger.acts import enter
from zampa.ledger.events import Event
from zampa.ledger.keys import anchors
from zampa.ledger.sequencer import sequence_pending

pytestmark = pytest.mark.django_db


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def own_keys(settings, tmp_path):
    settings.ZAMPA_KEYS_DIR = tmp_path / "keys"
    settings.ZAMPA_MASTER_KEY_FILE = tmp_path / "keys" / "master"
    return tmp_path / "keys"


def test_keys_are_made_once_and_closed_to_others(own_keys):
    assert said("keys", "init") == "made: master, log, book"
    master = (own_keys / "master").read_bytes()
    assert len(master) == 32
    assert said("keys", "init") == "all there"
    assert (own_keys / "master").read_bytes() == master
    assert not [path for path in own_keys.iterdir() if path.suffix != ".anchors" and path.stat().st_mode & 0o077]
    assert said("keys", "anchors", "log") == anchors()[0].text


def test_a_key_takes_over_only_after_a_checkpoint_announced_it(own_keys):
    said("keys", "init")
    with pytest.raises(CommandError):
        said("keys", "rotate")
    coming = said("keys", "announce")
    with pytest.raises(CommandError):
        said("keys", "rotate")
    enter(event=Event.KEY_ANNOUNCED, by=SYSTEM, subject=Subject("ledger.key", "x"))
    sequence_pending()
    assert said("keys", "rotate") == coming
    assert [key.text for key in anchors()][-1] == coming


def test_a_gateway_token_is_new_each_time():
    first, second = said("gateway_token", "near-police"), said("gateway_token", "near-police")
    assert first.startswith("zgt_") and first != second


def test_enrol_prints_three_links():
    lines = said("enrol").splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["system_admin", "security_admin", "audit_admin"]
    assert all("/identity/invitations/" in line for line in lines[:3])
