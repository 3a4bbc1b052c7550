"""The public API proves the log to anyone; what records say is for those who may read them."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connections
from django.test import Client

from zampa.contracts.actors import Subject
from zampa.contracts.book import Signed
from zampa.evidence import merkle
from zampa.evidence.__main__ import main as verify
from zampa.evidence.checkpoints import root_bytes, verify_checkpoint
from zampa.ground.digests import unb64
from zampa.ledger import keys, models
from zampa.ledger.acts import Entry, enter_many
from zampa.ledger.sequencer import sequence_pending


@pytest.fixture
def log(people):
    for size in (3, 400):
        enter_many([
            Entry(event="demo:thing:made", by=people.actor("provider"), subject=Subject("demo.thing", str(n), "名"))
            for n in range(size)
        ])
        sequence_pending()
    return list(models.Position.objects.order_by("number").values_list("record_id", flat=True))


def test_anyone_proves_a_record(client, log):
    state = client.get("/api/ledger/checkpoint").json()
    found = verify_checkpoint(Signed(**state["checkpoint"]), keys.anchors())
    assert found.size == 403 and state["keys"] == [key.text for key in keys.anchors()]
    pages = [client.get("/api/ledger/leaves", {"start": start, "count": 200}).json() for start in (0, 200, 400, 403)]
    raw = b"".join(base64.b64decode(page["hashes"]) for page in pages)
    leaves = [raw[at : at + 32] for at in range(0, len(raw), 32)]
    assert [page["count"] for page in pages] == [200, 200, 3, 0] and merkle.root_of(leaves) == root_bytes(found.root)
    proof = client.get(f"/api/ledger/proof/{log[250]}").json()
    path = [unb64(part) for part in proof["path"]]
    assert proof["index"] == 250 and base64.b64decode(proof["hash"]) == leaves[250]
    assert merkle.verify_inclusion(leaves[250], 250, 403, path, root_bytes(found.root))
    old = verify_checkpoint(Signed(**client.get("/api/ledger/checkpoints").json()[0]), keys.anchors())
    grown = [unb64(part) for part in client.get("/api/ledger/consistency", {"old": 3, "new": 403}).json()["path"]]
    assert merkle.verify_consistency(3, 403, root_bytes(old.root), root_bytes(found.root), grown)


def test_what_is_asked_wrongly_is_said_so(client, log):
    assert client.get("/api/ledger/consistency", {"old": 5, "new": 9999}).status_code == 422
    assert client.get("/api/ledger/leaves", {"start": -1}).status_code == 422
    assert client.get("/api/ledger/proof/00000000-0000-7000-8000-000000000000").status_code == 404
    assert client.get(f"/api/ledger/proof/{log[0]}", {"size": 5}).json()["code"] == "ledger.checkpoint.unknown"


def test_public_answers_tell_nothing_of_what_happened(client, log):
    for place in ("checkpoint", "checkpoints", "leaves", f"proof/{log[3]}"):
        text = client.get(f"/api/ledger/{place}").content.decode()
        assert "demo" not in text and "名" not in text
    for place in ("records", f"records/{log[0]}", "records/number/0"):
        assert client.get(f"/api/ledger/{place}").status_code == 401


def test_records_are_told_to_those_who_may_read_them(signed_in, log):
    headers = {"X-CSRFToken": "x"}
    client = signed_in("provider")
    page = client.get("/api/ledger/records", {"count": 2}, headers=headers).json()
    assert [row["number"] for row in page["records"]] == [402, 401] and page["records"][0]["subject_name"] == "名"
    following = client.get("/api/ledger/records", {"count": 2, "before": page["before"]}).json()
    assert [row["number"] for row in following["records"]] == [400, 399]
    assert client.get(f"/api/ledger/records/{log[0]}").json()["leaf"].startswith("{")
    assert client.get("/api/ledger/records/number/7").json()["id"] == str(log[7])
    assert len(client.get("/api/ledger/records", {"subject": "2"}).json()["records"]) == 2
    other = signed_in("stranger")
    assert other.get("/api/ledger/records").json() == {"records": [], "before": None}
    assert other.get(f"/api/ledger/records/{log[0]}").status_code == 404


@pytest.fixture
def address(log):
    """The API over real HTTP: `zampa verify --live` asks it as anyone would."""
    bend: dict[str, bytes] = {}

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = Client().get(self.path)
            connections.close_all()
            content = bend.get(self.path.split("?")[0], answer.content)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *given) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.bend = bend
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db(transaction=True)
def test_a_running_log_is_verified(address, tmp_path, log, people, client):
    live = ["--live", f"http://127.0.0.1:{address.server_port}"]
    (tmp_path / "anchors").write_text(keys.anchors()[0].text)
    trust = ["--trust", str(tmp_path / "anchors")]
    assert verify([*live, *trust]) == 0
    assert verify(live) == 3
    (tmp_path / "kept").write_bytes(client.get("/api/ledger/checkpoint").content)
    enter_many([Entry(event="demo:thing:made", by=people.actor("provider"), subject=Subject("demo.thing", "x"))])
    sequence_pending()
    assert verify([*live, *trust, "--since", str(tmp_path / "kept")]) == 0
    hashes = base64.b64encode(bytes(404 * 32)).decode()
    address.bend["/api/ledger/leaves"] = f'{{"start": 0, "hashes": "{hashes}"}}'.encode()
    assert verify([*live, *trust]) == 1
    address.bend["/api/ledger/consistency"] = b'{"path": []}'
    assert verify([*live, *trust, "--since", str(tmp_path / "kept")]) == 1
    address.bend["/api/ledger/checkpoint"] = b"<html>"
    assert verify([*live, *trust]) == 2
    assert verify(["--live", "http://127.0.0.1:1", *trust]) == 2
    assert verify(["--live", "ftp://x", *trust]) == 2
