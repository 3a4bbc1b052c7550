"""Quality as JSON: rules, judgements, their figures, and rows that fail for their owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from ninja import Body, Router, Schema, Status

from zampa.catalogue import acts, queries, queries_quality
from zampa.catalogue.acts.profiles import profiled
from zampa.catalogue.api.shapes import StaffCall
from zampa.catalogue.models import Judgement, QualityRule, TableProfile
from zampa.catalogue.rules.interfaces import document
from zampa.catalogue.rules.quality import may_see_rows
from zampa.contracts.quality import Rule
from zampa.ground.errors import Fault, NotFound, NotValid

router = Router()
MOST = 200


class RulingOut(Schema):
    """`held` is null when the rule could not be carried out; `problem` says why."""

    code: str
    origin: str
    kind: str
    field: str
    dimension: str
    spec: dict[str, Any]
    checked: int
    failed: int
    held: bool | None
    problem: str
    measured: dict[str, int]


class JudgementOut(Schema):
    """`score` and `scores` (by dimension of GB/T 36344) in tenths of a percent."""

    id: UUID
    resource_id: UUID
    occasion: str
    state: str
    asked_at: datetime
    finished_at: datetime | None
    rows: int
    milliseconds: int
    score: int | None
    scores: dict[str, int]
    kept: int
    broken: int
    skipped: int
    problem: str
    latest: bool


class WholeJudgementOut(JudgementOut):
    rulings: list[RulingOut]

    @staticmethod
    def resolve_rulings(row: Judgement) -> list[Any]:
        return list(queries_quality.rulings_of(row))


class SampleOut(Schema):
    code: str
    names: list[str]
    rows: list[list[str | None]]


class ProfileOut(Schema):
    """`picture`: rows and columns with types, nulls, distinct values, shapes, frequent values; none of a person."""

    id: UUID
    state: str
    asked_at: datetime
    finished_at: datetime | None
    rows: int
    picture: dict[str, Any]
    problem: str


class RuleOut(Schema):
    id: UUID
    code: str
    spec: dict[str, Any]
    stated_by_name: str
    stated_at: datetime


@router.get("/quality", response=list[JudgementOut], summary="The newest judgement of each entry, the worst first")
def quality(request: StaffCall, provider: UUID | None = None, broken: bool = False, limit: int = 50) -> list[Judgement]:
    rows = queries_quality.latest_judgements(request.actor).order_by("score", "pk")
    rows = rows.filter(resource__provider=provider) if provider else rows
    rows = rows.filter(broken__gt=0) if broken else rows
    return list(rows[: max(1, min(limit, MOST))])


@router.get("/resources/{uuid:resource_id}/judgements", response=list[JudgementOut], summary="Newest first")
def judgements(request: StaffCall, resource_id: UUID, limit: int = 50) -> list[Judgement]:
    found = queries.resource(request.actor, resource_id)
    return list(queries_quality.judgements_of(found.pk).order_by("-asked_at")[: max(1, min(limit, MOST))])


@router.post("/resources/{uuid:resource_id}/judgements", response={202: JudgementOut}, summary="Carry out the rules")
def judge(request: StaffCall, resource_id: UUID) -> Status[Judgement]:
    return Status(202, acts.ask_judgement(by=request.actor, resource_id=resource_id))


@router.get("/judgements/{uuid:judgement_id}", response=WholeJudgementOut, summary="One judgement with its rulings")
def judgement(request: StaffCall, judgement_id: UUID) -> Judgement:
    return queries_quality.judgement(request.actor, judgement_id)


@router.get("/judgements/{uuid:judgement_id}/rows", response=list[SampleOut], summary="Rows that fail, for their owner")
def rows(request: StaffCall, judgement_id: UUID) -> list[dict[str, Any]]:
    """Each look is entered in the ledger."""
    opened = acts.read_samples(by=request.actor, judgement_id=judgement_id)
    return [{"code": one.ruling.code, "names": one.names, "rows": one.rows} for one in opened]


@router.get("/resources/{uuid:resource_id}/profiles", response=list[ProfileOut], summary="Pictures of its table")
def profiles(request: StaffCall, resource_id: UUID) -> list[TableProfile]:
    """For the department that owns the data; newest first."""
    found = queries.resource(request.actor, resource_id)
    may_see_rows(request.actor, str(found.provider_id)).require()
    return profiled(found)


@router.post("/resources/{uuid:resource_id}/profiles", response={202: ProfileOut}, summary="Make a picture of it")
def ask_profile(request: StaffCall, resource_id: UUID) -> Status[TableProfile]:
    return Status(202, acts.ask_profile(by=request.actor, resource_id=resource_id))


@router.get("/resources/{uuid:resource_id}/quality-rules", response=list[RuleOut], summary="Rules the entry states")
def stated(request: StaffCall, resource_id: UUID) -> list[QualityRule]:
    return list(queries.resource(request.actor, resource_id).quality_rules.all())


@router.put("/resources/{uuid:resource_id}/quality-rules", response=RuleOut, summary="State a rule, or state it anew")
def state(request: StaffCall, resource_id: UUID, given: Body[dict[str, Any]]) -> QualityRule:
    """The body is a rule as `GET .../quality-rules` shows it in `spec`."""
    try:
        rule = msgspec.convert(given, Rule)
    except msgspec.ValidationError as error:
        raise NotValid(
            "catalogue.quality.bad_rule", faults=[Fault("rule", "catalogue.quality.bad_rule", {"why": str(error)})]
        ) from error
    return acts.state_rule(by=request.actor, resource_id=resource_id, rule=rule)


@router.delete("/quality-rules/{uuid:quality_rule_id}", response={204: None}, summary="Take a rule off")
def drop(request: StaffCall, quality_rule_id: UUID) -> Status[None]:
    acts.drop_rule(by=request.actor, rule_id=quality_rule_id)
    return Status(204, None)


@router.get("/resources/{uuid:resource_id}/openapi", response=dict[str, Any], summary="Its interface as OpenAPI 3.1")
def openapi(request: StaffCall, resource_id: UUID) -> dict[str, Any]:
    """What a gateway serves of it, at the most: a grant may name fewer fields, mask them, or filter rows."""
    made = queries_quality.interface_of(queries.resource(request.actor, resource_id))
    if made is None:
        raise NotFound("catalogue.interface.none")
    return document(made)
