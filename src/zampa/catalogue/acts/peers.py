"""The code map of each other platform: carried by the product, kept by the authority."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from importlib.resources import files

from zampa.catalogue import queries_peers as queries
from zampa.catalogue import rules
from zampa.catalogue.coded import CODED, words_of
from zampa.catalogue.events import Event
from zampa.catalogue.models import Peer, PeerCode
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.ledger.acts import act, enter

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@act
def load_peers(*, by: Actor, now: datetime | None = None) -> int:
    """The platforms this package carries that are not there yet; one that is there stays as people made it."""
    now = now or utc_now()
    rules.may_keep_classes(by).require()
    text = files("zampa.catalogue").joinpath("data/peer-codes.csv").read_text(encoding="utf-8")
    known = set(Peer.objects.values_list("code", flat=True))
    rows = [row for row in csv.DictReader(text.splitlines()) if row["peer"] not in known]
    if not rows:
        return 0
    Peer.objects.bulk_create(
        [Peer(code=code, name=name) for code, name in {r["peer"]: r["name"] for r in rows}.items()]
    )
    PeerCode.objects.bulk_create(
        PeerCode(
            peer_id=row["peer"], field=row["field"], code=row["code"], value=row["value"], mark=row["mark"],
            stated_by_name=by.name, stated_at=now,
        )
        for row in rows
    )  # fmt: skip
    subject = Subject("catalogue.peers", "packaged", "随附平台代码")
    enter(event=Event.PEERS_LOADED, by=by, subject=subject, facts={"codes": len(rows)}, at=now)
    return len(rows)


@act
def add_peer(*, by: Actor, code: str, name: str, now: datetime | None = None) -> Peer:
    """Enter a platform; its codes are stated one by one."""
    rules.may_keep_classes(by).require()
    faults = []
    if not SLUG.fullmatch(code):
        faults.append(Fault("code", "catalogue.peer.bad_code"))
    if not name.strip() or len(name) > 200:
        faults.append(Fault("name", "catalogue.peer.missing_name"))
    if faults:
        raise NotValid("catalogue.peer.not_valid", faults=faults)
    if Peer.objects.filter(pk=code).exists():
        raise Conflict("catalogue.peer.known", code=code)
    made = Peer.objects.create(code=code, name=name.strip())
    enter(event=Event.PEER_ADDED, by=by, subject=_subject(made), at=now or utc_now())
    return made


@act
def state_peer_code(
    *, by: Actor, peer: str, field: str, code: str, value: str, now: datetime | None = None
) -> PeerCode:
    """This platform's `code` stands for our `value`; said again of the same code, the new value holds."""
    now = now or utc_now()
    rules.may_keep_classes(by).require()
    row = queries.peer(peer)
    faults = []
    if field not in CODED:
        faults.append(Fault("field", "catalogue.peer.unknown_field"))
    elif value not in words_of(field):
        faults.append(Fault("value", "catalogue.peer.unknown_value", {"value": value[:40]}))
    if not code.strip() or len(code) > 60:
        faults.append(Fault("code", "catalogue.peer.missing_code"))
    if faults:
        raise NotValid("catalogue.peer.not_valid", faults=faults)
    made, _new = PeerCode.objects.update_or_create(
        peer=row, field=field, code=code.strip(),
        defaults={"value": value, "mark": "OPEN", "stated_by_name": by.name, "stated_at": now},
    )  # fmt: skip
    facts = {"field": field, "code": made.code, "value": value}
    enter(event=Event.PEER_CODE_STATED, by=by, subject=_subject(row), facts=facts, at=now)
    return made


@act
def drop_peer_code(*, by: Actor, peer_code_id: int, now: datetime | None = None) -> None:
    """Take a code back: what comes in with it is left empty from then on."""
    rules.may_keep_classes(by).require()
    row = queries.peer_code(peer_code_id)
    facts = {"field": row.field, "code": row.code, "value": row.value}
    enter(event=Event.PEER_CODE_DROPPED, by=by, subject=_subject(row.peer), facts=facts, at=now or utc_now())
    row.delete()


def _subject(peer: Peer) -> Subject:
    return Subject("catalogue.peer", peer.code, peer.name)
