"""Other platforms' codes, and an entry in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Router, Schema, Status

from zampa.catalogue import acts, queries
from zampa.catalogue import queries_peers as coded
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import Peer, PeerCode

router = Router()


class PeerOut(Schema):
    code: str
    name: str


class PeerCodeIn(Schema):
    """Their `code` stands for our `value` of `field`."""

    field: str
    code: str
    value: str


class PeerCodeOut(PeerCodeIn):
    """`mark`: FACT read in the platform's own source, OPEN stated by a person."""

    id: int
    mark: str


@router.get("/peers", response=list[PeerOut])
def peers(request: StaffCall) -> QuerySet[Peer]:
    """The platforms whose codes are known."""
    return coded.peers()


@router.post("/peers", response={201: PeerOut})
def add_peer(request: StaffCall, given: PeerOut) -> Status[Peer]:
    """Enter a platform."""
    return Status(201, acts.add_peer(by=request.actor, code=given.code, name=given.name))


@router.get("/peers/{slug:peer}/codes", response=list[PeerCodeOut])
def peer_codes(request: StaffCall, peer: str) -> QuerySet[PeerCode]:
    """Its codes."""
    return coded.codes_of(coded.peer(peer).pk)


@router.post("/peers/{slug:peer}/codes", response=PeerCodeOut)
def state_peer_code(request: StaffCall, peer: str, given: PeerCodeIn) -> PeerCode:
    """State a code."""
    return acts.state_peer_code(by=request.actor, peer=peer, **given.dict())


@router.delete("/peers/codes/{int:peer_code_id}", response={204: None})
def drop_peer_code(request: StaffCall, peer_code_id: int) -> Status[None]:
    """Take a code back."""
    acts.drop_peer_code(by=request.actor, peer_code_id=peer_code_id)
    return Status(204, None)


@router.get("/resources/{uuid:resource_id}/for-peer/{slug:peer}", response=dict[str, Any])
def for_peer(request: StaffCall, resource_id: UUID, peer: str) -> dict[str, object]:
    """An entry in a platform's codes; `uncoded` names what it has no code for."""
    found = queries.resource(request.actor, resource_id)
    return coded.for_peer(found, list(queries.items_of(found.pk)), coded.peer(peer).pk)
