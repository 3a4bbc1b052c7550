"""Impact assessments of an entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from zampa.catalogue import acts, queries, queries_impacts
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import Impact
from zampa.catalogue.rules import impacts as said

router = Router()


class ImpactIn(Schema):
    """What articles 55 and 56 of the Personal Information Protection Law ask. `risk`: low, medium or high."""

    situations: list[str] = []
    purpose: str = ""
    manner: str = ""
    basis: str = ""
    necessity: str = ""
    effect: str = ""
    risk: str = ""
    protection: str = ""


class ImpactOut(ImpactIn):
    """`items`: the items about people that were looked at; `followed_at`: when a later one took its place."""

    id: UUID
    number: int
    version: int
    items: list[dict[str, Any]]
    sharing: str
    opening: str
    signed_by_name: str
    signed_at: datetime
    followed_at: datetime | None


@router.get("/resources/{uuid:resource_id}/impacts", response=list[ImpactOut])
def impacts(request: StaffCall, resource_id: UUID) -> list[Impact]:
    """Every assessment of an entry, the newest first; for its department, its authority and the auditor."""
    found = queries.resource(request.actor, resource_id)
    said.may_read_impact(request.actor, str(found.provider_id), str(found.provider.region_id)).require()
    return list(queries_impacts.impacts_of(request.actor, found))


@router.post("/resources/{uuid:resource_id}/impacts", response={201: ImpactOut})
def assess(request: StaffCall, resource_id: UUID, given: ImpactIn) -> Status[Impact]:
    """Sign an assessment of the personal items the entry holds now."""
    values = given.dict()
    answers = said.Answers(**{**values, "situations": tuple(values["situations"])})
    return Status(201, acts.assess_impact(by=request.actor, resource_id=resource_id, answers=answers))
