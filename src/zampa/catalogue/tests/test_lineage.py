"""Where data comes from and goes: drawn as far as one may see, and told to other tools in their words."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from zampa.catalogue import acts, queries, queries_lineage
from zampa.catalogue.acts.lineage import note_old_lineage
from zampa.catalogue.drawing import MOST, drawn
from zampa.catalogue.emitting import Told, event
from zampa.catalogue.models import LineageEvent
from zampa.catalogue.queries_lineage import Graph, Node
from zampa.catalogue.rules.collections import Wanted
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.catalogue.tests.test_api import ROOT, send
from zampa.catalogue.tests.test_pages import client_of, page
from zampa.ground.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def user(office):
    return Office("社保局", authority=office.authority_department)


@pytest.fixture
def entry(office, provider_database):
    persons(provider_database)
    source = a_source(office, provider_database)
    row = publish(office, an_entry(office, source))
    attach(office, row, source)
    return row


def names(graph, *kinds):
    return [node.name for node in graph.of(*kinds)]


def test_everybody_sees_items_and_the_parties_what_lies_around_them(office, user, entry):
    born = queries.items_of(entry.pk).get(column="born")
    acts.note_dependant(
        resource_id=entry.pk, kind="exchange.grant", dependant_id="g", name="SQ-1",
        department_id=user.department.pk, items=[str(born.pk)],
    )  # fmt: skip
    filled = acts.register_collection(
        by=office.editor, items=[Wanted(name="户籍变动")],
        draft=acts.CollectionDraft(name="入户登记", basis="户口登记条例", asked_whom="居民", feeds_id=entry.pk),
    )  # fmt: skip
    own = queries_lineage.lineage_of(office.editor, entry)
    assert names(own, "source") == ["public.persons"] and names(own, "collection") == ["入户登记"]
    assert (f"collection:{filled.pk}", "source") in own.edges and ("source", f"item:{born.pk}") in own.edges
    (grant,) = own.of("grant")
    assert [one for one, other in own.edges if other == grant.id] == [f"item:{born.pk}"]
    assert {node.note for node in own.of("item")} == {"id_number", "name", "born", "division"}
    theirs = queries_lineage.lineage_of(user.editor, entry)
    assert names(theirs, "source") == [] and names(theirs, "grant") == ["SQ-1"]
    assert {node.note for node in theirs.of("item")} == {""}  # where it lies is told to nobody else
    stranger = Office("统计局", authority=office.authority_department)
    graph = queries_lineage.lineage_of(stranger.editor, entry)
    assert names(graph, "grant") == [] and names(graph, "others") == ["1"]
    assert names(queries_lineage.lineage_of(office.authority, entry), "grant") == ["SQ-1"]
    text = page(client_of(stranger.editor), "lineage", entry.pk)
    assert "另有 1 个" in text and "SQ-1" not in text and "persons" not in text
    text = page(client_of(office.editor), "lineage", entry.pk)
    assert "public.persons" in text and "SQ-1" in text and "<svg" in text and "style=" not in text.split("<svg")[1]
    told = send(client_of(office.editor), "get", f"/resources/{entry.pk}/lineage")
    assert len(told["nodes"]) == len(own.nodes) and len(told["edges"]) == len(own.edges)


def test_a_delivery_whose_grant_is_over_comes_from_the_items_it_carried(office, user, entry):
    about = uuid4()
    told = Told(
        kind="delivery", type="COMPLETE", run=uuid4(), about=about, resource=entry.pk, at=utc_now(),
        fields=[("born", "date"), ("gone", "text")], rows=1,
    )  # fmt: skip
    acts.note_lineage(told, provider_id=office.department.pk, requester_id=user.department.pk)
    own = queries_lineage.lineage_of(office.editor, entry)
    (node,) = own.of("delivery")
    born = queries.items_of(entry.pk).get(column="born")
    assert [one for one, other in own.edges if other == node.id] == [f"item:{born.pk}"]
    (box,) = [box for box in drawn(own).boxes if box.node == node]
    assert box.short == "社保局"


def test_a_wide_entry_is_drawn_in_part_and_says_so():
    graph = Graph([Node(f"item:{n}", "item", f"项{n}" * 9) for n in range(MOST + 5)], [])
    picture = drawn(graph)
    assert (len(picture.boxes), picture.left_out) == (MOST, 5) and picture.boxes[0].short.endswith("…")


def test_looks_and_checks_are_told_to_those_who_may_hear(office, user, entry):
    looked = LineageEvent.objects.get(kind="probe")
    assert (looked.type, looked.content["eventType"]) == ("COMPLETE", "COMPLETE")
    asked = acts.ask_judgement(by=office.editor, resource_id=entry.pk)
    acts.perform_judgement(asked.pk)
    begun, done = LineageEvent.objects.filter(kind="check").order_by("id")
    assert (begun.type, done.type, begun.run) == ("START", "COMPLETE", asked.pk)
    (given,) = done.content["inputs"]
    assert {one["name"] for one in given["facets"]["schema"]["fields"]} == {
        item.name for item in queries.items_of(entry.pk)
    }
    rules = given["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert rules and all(one["success"] in (True, False) for one in rules)
    assert "persons" not in json.dumps(done.content) and "public" not in json.dumps(done.content)
    told = send(client_of(office.editor), "get", "/lineage/events")
    assert [one["eventType"] for one in told["events"]] == ["COMPLETE", "START", "COMPLETE"]
    assert send(client_of(office.editor), "get", f"/lineage/events?after={told['next']}")["events"] == []
    assert send(client_of(user.editor), "get", "/lineage/events")["events"] == []
    feed = client_of(office.authority).get(f"{ROOT}/lineage/events.ndjson?limit=2")
    assert [json.loads(line)["eventType"] for line in feed.content.splitlines()] == ["COMPLETE", "START"]
    assert feed["Next-After"] == str(begun.pk)
    assert note_old_lineage(before=utc_now() + timedelta(days=1)) == 3


def test_a_delivery_names_each_field_and_a_failure_its_code():
    told = {"kind": "delivery", "run": uuid4(), "about": "d", "resource": "r", "at": utc_now()}
    done = event(Told(**told, type="COMPLETE", fields=[("姓名", "text")], rows=7), installation="z", producer="urn:z")
    (left,) = done["outputs"]
    assert left["outputFacets"]["outputStatistics"]["rowCount"] == 7
    origin = {"namespace": "zampa://z/catalogue", "name": "r", "field": "姓名"}
    (found,) = left["facets"]["columnLineage"]["fields"]["姓名"]["inputFields"]
    assert {name: found[name] for name in origin} == origin
    failed = event(Told(**told, type="FAIL", error="flows.too_many_bad"), installation="z", producer="urn:z")
    assert failed["run"]["facets"]["errorMessage"]["message"] == "flows.too_many_bad"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(201 if len(self.server.got) <= self.server.takes else 503)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.takes = [], 1
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_events_go_out_in_order_and_wait_while_nobody_takes_them(office, receiver, settings):
    for number in range(3):
        told = Told(kind="probe", type="COMPLETE", run=uuid4(), about=f"{uuid4()}", resource=uuid4(), at=utc_now())
        acts.note_lineage(told, provider_id=office.department.pk)
        assert acts.send_lineage() == 0, number  # nowhere to send it: off by default
    settings.ZAMPA_LINEAGE_URL = f"http://127.0.0.1:{receiver.server_port}/api/v1/lineage"
    assert acts.send_lineage() == 1  # the second was not taken: it waits, and so does the third
    receiver.takes = 9
    assert acts.send_lineage() == 2
    told = [one["run"]["runId"] for one in receiver.got]
    kept = [str(row.run) for row in LineageEvent.objects.order_by("id")]
    assert [told[0], *told[2:]] == kept
    assert not LineageEvent.objects.filter(sent_at=None).exists()
    acts.note_lineage(
        Told(kind="probe", type="FAIL", run=uuid4(), about=f"{uuid4()}", resource=uuid4(), at=utc_now()),
        provider_id=office.department.pk,
    )
    settings.ZAMPA_LINEAGE_URL = "http://169.254.169.254/lineage"
    assert acts.send_lineage() == 0  # an address that may never be reached
    assert len(receiver.got) == 4
