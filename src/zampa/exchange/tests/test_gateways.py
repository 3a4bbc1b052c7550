"""Gateways over their real API: enrolment, the signed book, its changes, the trail, what is covered, the evidence."""

import json
import time
from datetime import timedelta

import msgspec
import pytest
from django.test import Client

from zampa.census.models import System
from zampa.contracts.book import BOOK_PURPOSE, GrantBook, Signed, mask_key_context, service_context
from zampa.contracts.calls import SEGMENT_PURPOSE, TRAIL_FORMAT, Call, CallClosed, CallOpened, Segment
from zampa.contracts.deliveries import Endpoint
from zampa.evidence import envelopes, filecheck, files, http_signatures, merkle, seals, suites
from zampa.evidence.suites import PublicKey
from zampa.exchange.acts import endings, gateways
from zampa.exchange.models import CallRow, Delivery, Gateway, Grant, TrailSegment
from zampa.exchange.queries import evidence, scope
from zampa.exchange.queries.gateways import silent_gateways
from zampa.exchange.tests.story import MONDAY, SECRET, granted, make_story
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import NotFound
from zampa.identity import acts as identity
from zampa.ledger import keys as log_keys
from zampa.ledger.models import Record
from zampa.ledger.queries import readable
from zampa.ledger.sequencer import sequence_pending

pytestmark = pytest.mark.django_db


class Machine:
    """A gateway as it talks: its keys, signed requests, segments of its trail."""

    def __init__(self, token: str) -> None:
        self.sign = suites.generate_key("ed25519")
        self.seal_secret, seal_public = seals.new_seal_key()
        self.client = Client()
        self.next = 0
        body = {
            "token": token,
            "sign_public": self.sign.public.text,
            "seal_public": b64(seal_public),
            "address": "http://g",
        }
        answer = self.client.post("/api/gateway/v1/enrol", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        self.told = answer.json()
        self.row = Gateway.objects.get(pk=self.told["gateway"])

    def ask(self, method: str, path: str, query: str = "", body: bytes = b"", **changes):
        whole = f"/api/gateway/v1{path}"
        headers = {"content-type": "application/json"} if body else {}
        message = http_signatures.Message(
            method,
            "testserver",
            whole,
            query,
            "http",
            {**headers, "content-length": str(len(body))} if body else headers,
        )
        signed = http_signatures.sign_request(
            message, body, key_id=suites.key_id(self.sign.public), algorithm="ed25519", tag=http_signatures.CENTRE_TAG,
            nonce=b64(b"n" * 12), created=int(time.time()), sign=self.sign.sign,
        ) | changes  # fmt: skip
        url = f"{whole}?{query}" if query else whole
        return self.client.generic(
            method, url, body, content_type="application/json", headers={**signed, "host": "testserver"}
        )

    def book(self, have: int = 0) -> GrantBook:
        answer = self.ask("GET", "/book", f"have={have}&wait=0")
        assert answer.status_code == 200, (answer.status_code, answer.content)
        self.envelope = answer.json()
        signed = msgspec.convert(self.envelope, Signed)
        payload = envelopes.open_signed(signed, self.told["anchors"], purpose=BOOK_PURPOSE)
        self.clear = payload
        return msgspec.json.decode(payload, type=GrantBook)

    def segment(self, *records, **changes) -> bytes:
        texts = tuple(msgspec.json.encode(record).decode() for record in records)
        root = merkle.root_of(merkle.leaf_hash(text.encode()) for text in texts)
        now = iso(utc_now())
        plain = {
            "format": TRAIL_FORMAT, "gateway": self.told["gateway"], "epoch": "e1", "first": self.next,
            "count": len(texts), "root": "sha256:" + b64(root), "opened": now, "closed": now, "records": texts,
        }  # fmt: skip
        made = Segment(**{**plain, **changes})
        return msgspec.json.encode(envelopes.sign(SEGMENT_PURPOSE, msgspec.json.encode(made), self.sign))

    def push(self, envelope: bytes):
        return self.ask("POST", "/segments", body=envelope)


@pytest.fixture
def story():
    return make_story()


@pytest.fixture
def machine(story):
    return Machine(gateways.create_gateway_token(by=story.admin, name="公安厅网关", department_id=story.police.row.pk))


def served(story) -> Grant:
    """A grant that runs now, whatever the day of the test."""
    grant = granted(story)
    Grant.objects.filter(pk=grant.pk).update(
        starts_at=utc_now() - timedelta(days=1), ends_at=utc_now() + timedelta(days=9)
    )
    grant.refresh_from_db()
    return grant


def call(name: str, grant: Grant, outcome: str = "answered", **closed) -> Call:
    now = iso(utc_now())
    opened = CallOpened(
        call=name,
        at=now,
        consumer=str(grant.system_id),
        grant=str(grant.pk),
        resource=str(grant.resource_id),
        action="query",
    )
    plain = {"status": 200 if outcome == "answered" else 403, "rows": 2, "bytes": 90, "milliseconds": 4}
    return Call(opened=opened, closed=CallClosed(call=name, at=now, outcome=outcome, **{**plain, **closed}))


def test_a_token_enrols_one_gateway_once(story, machine):
    assert machine.told["installation"]
    assert [PublicKey.parse(anchor).algorithm for anchor in machine.told["anchors"]]
    token = gateways.create_gateway_token(by=story.admin, name="第二网关")
    Machine(token)
    for bad in (token, "zgt_unknown"):
        body = {"token": bad, "sign_public": machine.sign.public.text, "seal_public": b64(bytes(32))}
        answer = Client().post("/api/gateway/v1/enrol", json.dumps(body), content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "exchange.gateway.bad_token")


def test_a_request_signed_by_nobody_known_or_badly_is_refused(machine):
    assert Client().get("/api/gateway/v1/book?have=0").status_code in (401, 403, 422)
    stranger = Machine.__new__(Machine)
    stranger.sign, stranger.client = suites.generate_key("ed25519"), Client()
    assert stranger.ask("GET", "/book", "have=0").json()["code"] == "exchange.gateway.unknown_key"
    assert (
        machine.ask(
            "POST", "/segments", body=b"{}", **{"content-digest": http_signatures.content_digest(b"x")}
        ).status_code
        == 403
    )


def test_the_book_carries_the_grant_and_no_secret_in_clear(story, machine):
    grant = served(story)
    key, text = identity.issue_bearer_key(
        by=story.social.actor("sharing_head"), system_id=story.system.pk, system_name=story.system.name,
        department_id=story.social.row.pk,
    )  # fmt: skip
    book = machine.book()
    assert (book.number, book.gateway) == (1, machine.told["gateway"])
    (told,) = book.grants
    assert (told.number, told.actions, told.quota_per_day) == (grant.number, ("query", "verify"), 1000)
    assert [(f.name, f.column, f.mask.kind) for f in told.fields][:2] == [
        ("公民身份号码", "id_number", "drop"), ("姓名", "name", "keep"),
    ]  # fmt: skip
    assert [(one.id, one.material) for one in book.keys] == [(str(key.pk), key.material)]
    (service,) = book.services
    endpoint = msgspec.json.decode(
        seals.unseal_with(machine.seal_secret, service.sealed, service_context(service.id)), type=Endpoint
    )
    assert (endpoint.secret, endpoint.database) == (SECRET, "provider")
    assert len(seals.unseal_with(machine.seal_secret, told.sealed_mask_key, mask_key_context(told.id))) == 32
    whole = machine.clear + json.dumps(machine.envelope).encode()
    for secret in (SECRET, text, "zampa_", grant.sealed_mask_key):
        assert secret.encode() not in whole
    assert machine.ask("GET", "/book", "have=1&wait=0").status_code == 304


@pytest.mark.parametrize("change", ["revoke", "suspend", "key", "attachment", "system", "department"])
def test_every_change_below_makes_a_new_book(story, machine, change):
    grant = served(story)
    key, _ = identity.issue_bearer_key(
        by=story.social.actor("sharing_head"), system_id=story.system.pk, system_name=story.system.name,
        department_id=story.social.row.pk,
    )  # fmt: skip
    assert len(machine.book().grants) == 1
    head = story.police.actor("sharing_head")
    if change == "revoke":
        endings.revoke_grant(by=head, grant_id=grant.pk, reason="超范围使用")
    elif change == "suspend":
        endings.suspend_grant(by=story.authority.actor("authority"), grant_id=grant.pk, reason="核查中")
    elif change == "key":
        identity.revoke_key(by=story.social.actor("sharing_head"), key_id=key.pk, reason="泄露")
    elif change == "attachment":
        story.attachment.state = "broken"
        story.attachment.save()
    elif change == "system":
        System.objects.filter(pk=story.system.pk).update(state="stopped")
    else:
        story.social.row.closed_at = MONDAY
        story.social.row.save()
    book = machine.book(1)
    assert book.number == 2
    assert (len(book.grants), len(book.keys)) == ((1, 0) if change == "key" else (0, 1))


def test_an_interface_is_delivered_when_the_gateway_holds_its_book(story, machine):
    served(story)
    assert machine.book().number == 1
    assert Delivery.objects.get().state == "waiting"
    machine.ask("GET", "/book", "have=1&wait=0")
    delivery = Delivery.objects.get()
    assert delivery.state == "done"
    assert Record.objects.filter(event="exchange:delivery:done", subject=str(delivery.pk)).exists()
    machine.row.refresh_from_db()
    assert machine.row.has_book == 1
    assert silent_gateways(utc_now()) == []
    assert silent_gateways(utc_now() + timedelta(minutes=3)) == ["公安厅网关"]


def test_numbers_go_on_from_what_the_gateway_holds_after_a_restore(story, machine):
    served(story)
    assert machine.book(have=41).number == 42


def test_the_centres_gateway_serves_only_departments_without_their_own(story, machine):
    centre = Machine(gateways.create_gateway_token(by=story.admin, name="中心网关"))
    served(story)
    assert centre.book().grants == ()
    assert len(machine.book().grants) == 1
    gateways.retire_gateway(by=story.admin, gateway_id=machine.row.pk, reason="换机")
    assert centre.ask("GET", "/book", "have=1&wait=0").status_code == 304  # the retired one may still serve a while
    assert Grant.objects.get().gateway is None


def test_a_trail_becomes_one_record_a_segment_and_a_row_a_call(story, machine):
    grant = served(story)
    machine.book()
    envelope = machine.segment(
        call("c1", grant), call("c2", grant, "refused", reason="gateway.grant.quota"),
        CallOpened(call="c3", at=iso(utc_now()), grant=str(grant.pk), consumer=str(grant.system_id)),
    )  # fmt: skip
    assert machine.push(envelope).json()["accepted_through"] == 2
    assert machine.push(envelope).json()["accepted_through"] == 2
    assert TrailSegment.objects.count() == 1
    record = Record.objects.get(event="exchange:segment:taken_in")
    assert set(record.parties) >= {str(story.police.row.pk), str(story.social.row.pk), "region:540000"}
    said = json.loads(record.body.content)
    assert set(said["facts"]) == {"gateway", "epoch", "first", "count", "root", "opened", "closed"}
    assert (said["parties"], said["department"]) == ([], str(story.police.row.pk))  # whose gateway it is, no more
    assert str(story.social.row.pk) not in record.body.content + record.leaf
    for party in (story.police, story.social):
        assert readable(party.actor("editor")).filter(pk=record.pk).exists()
    assert not readable(story.stranger.actor("editor")).filter(pk=record.pk).exists()
    machine.next = 3
    late = CallClosed(call="c3", at=iso(utc_now()), outcome="answered", status=200, rows=7)
    assert machine.push(machine.segment(late)).json()["accepted_through"] == 3
    rows = {row.call: row for row in CallRow.objects.all()}
    assert {name: row.outcome for name, row in rows.items()} == {"c1": "answered", "c2": "refused", "c3": "answered"}
    assert (rows["c3"].rows, rows["c2"].reason, rows["c1"].grant_number) == (7, "gateway.grant.quota", grant.number)
    for party in (story.social.actor("editor"), story.police.actor("editor"), story.authority.actor("authority")):
        assert scope.calls(party).filter(outcome="refused").count() == 1
    assert not scope.calls(story.stranger.actor("editor")).exists()
    with pytest.raises(NotFound):
        scope.call(story.stranger.actor("editor"), rows["c1"].pk)


def test_a_changed_misplaced_or_foreign_segment_is_refused_and_changes_nothing(story, machine):
    grant = served(story)
    good = machine.segment(call("c1", grant))
    signed = msgspec.json.decode(good, type=Signed)
    payload = envelopes.payload_of(signed).replace(b'\\"rows\\":2', b'\\"rows\\":9')
    assert payload != envelopes.payload_of(signed)
    other = suites.generate_key("ed25519")
    bad = {
        "evidence.envelope.bad_signature": msgspec.json.encode(msgspec.structs.replace(signed, payload=b64(payload))),
        "exchange.trail.root": msgspec.json.encode(envelopes.sign(SEGMENT_PURPOSE, payload, machine.sign)),
        "evidence.envelope.untrusted": msgspec.json.encode(envelopes.sign(SEGMENT_PURPOSE, payload, other)),
        "exchange.trail.unreadable": b"not json",
        "exchange.trail.other_gateway": machine.segment(call("c1", grant), gateway="somebody"),
        "exchange.trail.closed_only": machine.segment(
            CallClosed(call="never", at=iso(utc_now()), outcome="answered", status=200)
        ),
    }
    for code, envelope in bad.items():
        answer = machine.push(envelope)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not TrailSegment.objects.exists()
    assert machine.push(good).status_code == 200
    rewritten = machine.push(machine.segment(call("c9", grant)))
    assert (rewritten.status_code, rewritten.json()["code"]) == (409, "exchange.trail.rewritten")
    machine.next = 5
    gap = machine.push(machine.segment(call("c2", grant)))
    assert (gap.status_code, gap.json()["params"]) == (409, {"expected": 1, "first": 5})
    assert CallRow.objects.count() == 1
    assert Record.objects.filter(event="ledger:act:refused", subject="take_segment").count() == 8


def test_covered_follows_the_checkpoints(story, machine):
    grant = served(story)
    machine.push(machine.segment(call("c1", grant)))
    assert machine.ask("GET", "/covered").json()["first_uncovered"] == 0
    sequence_pending()
    told = machine.ask("GET", "/covered").json()
    assert told["first_uncovered"] == 1
    assert msgspec.convert(told["checkpoint"], Signed).purpose == "checkpoint"


def test_the_evidence_of_a_call_verifies_offline_and_a_changed_one_does_not(story, machine):
    grant = served(story)
    machine.book()
    machine.push(machine.segment(call("c1", grant), call("c2", grant), call("c3", grant)))
    sequence_pending()
    row = CallRow.objects.get(call="c2")
    name, content = evidence.evidence_file(story.social.actor("editor"), "call", row.pk)
    assert name.endswith(".json")
    read = files.read(content)
    assert {record.role for record in read.records} == {"request", "decision", "grant", "segment"}
    verdict = filecheck.verify_file(read, log_keys.anchors())
    assert verdict.exit == 0, verdict
    changed = content.replace(b'rows\\":2', b'rows\\":3')
    assert changed != content
    assert filecheck.verify_file(files.read(changed), log_keys.anchors()).exit == 1
    assert filecheck.verify_file(read, [suites.generate_key("ed25519").public]).exit == 3
    with pytest.raises(NotFound):
        evidence.evidence_file(story.stranger.actor("editor"), "call", row.pk)
