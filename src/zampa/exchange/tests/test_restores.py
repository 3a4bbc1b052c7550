"""A gateway hands over what it saw signed: a held log goes on when the last of them has spoken."""

import json
from datetime import timedelta

import msgspec
import pytest

from zampa.evidence.checkpoints import read_checkpoint, sign_checkpoint
from zampa.exchange.acts import gateways
from zampa.exchange.tests.story import make_story
from zampa.exchange.tests.test_gateways import Machine
from zampa.ledger import keys as log_keys
from zampa.ledger import queries as ledger
from zampa.ledger import restores
from zampa.ledger.sequencer import sequence_pending

pytestmark = pytest.mark.django_db


@pytest.fixture
def machines():
    story = make_story()
    made = [
        Machine(gateways.create_gateway_token(by=story.admin, name=name, department_id=story.police.row.pk))
        for name in ("甲网关", "乙网关")
    ]
    sequence_pending()
    return made


def tell(machine, checkpoint):
    body = json.dumps({"checkpoint": msgspec.to_builtins(checkpoint)}).encode()
    return machine.ask("POST", "/covered", body=body)


def beyond(more: int):
    """A checkpoint this centre signed and has lost."""
    newest = read_checkpoint(ledger.latest_checkpoint())
    return sign_checkpoint(msgspec.structs.replace(newest, size=newest.size + more), log_keys.signing_key())


def test_enrolment_tells_who_signs_the_log(machines):
    assert machines[0].told["log_anchors"] == [key.text for key in log_keys.anchors()]


def test_the_log_goes_on_when_every_gateway_has_spoken(machines):
    restores.begin([], timedelta(minutes=10))
    size = ledger.log_size()
    assert tell(machines[0], beyond(40)).status_code == 200
    assert restores.waiting() is not None and ledger.epochs() == ()
    answer = tell(machines[1], None)
    assert answer.json()["accepted_through"] == -1
    assert restores.waiting() is None
    newest = read_checkpoint(ledger.latest_checkpoint())
    assert (newest.epoch, newest.size) == (1, size + 1)


def test_a_retired_gateway_is_not_waited_for(machines):
    machines[1].row.state = "retired"
    machines[1].row.save()
    restores.begin([], timedelta(minutes=10))
    tell(machines[0], None)
    assert restores.waiting() is None


@pytest.mark.parametrize("body", [b'{"checkpoint": {"a": 1}}', b'{"checkpoint": 7}', b"[", b"{}x"])
def test_nonsense_is_refused(machines, body):
    assert machines[0].ask("POST", "/covered", body=body).status_code in (400, 422)


def test_the_next_book_is_above_what_the_gateway_holds(machines):
    assert machines[0].book(have=41).number == 42
