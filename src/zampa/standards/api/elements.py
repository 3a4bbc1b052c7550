"""Data elements as JSON, with what they suggest and the rules they pass on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from ninja import Router

from zampa.contracts.quality import Rule
from zampa.ground.errors import Fault, NotValid
from zampa.identity import queries as people
from zampa.standards import acts, queries
from zampa.standards.api.shapes import (
    Asked,
    ElementChange,
    ElementIn,
    ElementOut,
    Elements,
    Ending,
    RuleIn,
    RuleOut,
    SuggestedOut,
    Verdict,
)
from zampa.standards.models import Element
from zampa.standards.rules.elements import ElementDraft
from zampa.standards.rules.naming import Suggested

router = Router()


@router.get("/elements", response=Elements)
def elements(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = people.page(queries.elements(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/elements/{element_id}", response=ElementOut)
def element(request: Asked, element_id: UUID) -> Element:
    return queries.element(request.actor, element_id)


@router.get("/suggestions", response=list[SuggestedOut])
def suggestions(
    request: Asked, name: str, column: str = "", comment: str = "", type: str = "", most: int = 5
) -> list[Suggested]:
    """Elements an item of this name, column, comment and type may mean, best first, each with its reasons."""
    return queries.suggested(
        request.actor, name=name, column=column, comment=comment, type=type, most=max(1, min(most, 50))
    )


@router.post("/elements", response={201: ElementOut})
def enter_element(request: Asked, given: ElementIn, own: bool = False) -> Element:
    """The region's, for the authority; with `own` a draft of the caller's department."""
    return acts.enter_element(by=request.actor, draft=ElementDraft(**given.dict()), own=own)


@router.put("/elements/{element_id}", response=ElementOut)
def change_element(request: Asked, element_id: UUID, given: ElementChange) -> Element:
    values = given.dict()
    reason = values.pop("reason")
    return acts.change_element(by=request.actor, element_id=element_id, draft=ElementDraft(**values), reason=reason)


@router.post("/elements/{element_id}/propose", response=ElementOut)
def propose_element(request: Asked, element_id: UUID) -> Element:
    return acts.propose_element(by=request.actor, element_id=element_id)


@router.post("/elements/{element_id}/decide", response=ElementOut)
def decide_element(request: Asked, element_id: UUID, given: Verdict) -> Element:
    return acts.decide_element(by=request.actor, element_id=element_id, **given.dict())


@router.post("/elements/{element_id}/end", response=ElementOut)
def end_element(request: Asked, element_id: UUID, given: Ending) -> Element:
    return acts.end_element(by=request.actor, element_id=element_id, **given.dict())


@router.get("/elements/{element_id}/rules", response=list[RuleOut])
def rules(request: Asked, element_id: UUID) -> list[dict[str, Any]]:
    """Every rule an item of the element inherits."""
    row = queries.element(request.actor, element_id)
    stated = {one.code: one.pk for one in row.rules.all()}
    return [
        {
            "id": stated.get(rule.code), "code": rule.code, "kind": rule.kind, "dimension": rule.measures,
            "severity": rule.severity, "spec": msgspec.to_builtins(rule),
        }
        for rule in queries.rules_of([row.number])[row.number]
    ]  # fmt: skip


@router.post("/elements/{element_id}/rules", response={201: list[RuleOut]})
def state_rule(request: Asked, element_id: UUID, given: RuleIn) -> list[dict[str, Any]]:
    """State a rule, or state the one of its code anew; the element's rules as they now are."""
    try:
        rule = msgspec.convert(given.dict(), Rule)
    except msgspec.ValidationError as error:
        raise NotValid("standards.rule.not_valid", faults=[Fault("test", "standards.rule.unreadable")]) from error
    acts.state_rule(by=request.actor, element_id=element_id, rule=rule)
    return rules(request, element_id)


@router.delete("/elements/{element_id}/rules/{rule_id}", response={204: None})
def drop_rule(request: Asked, element_id: UUID, rule_id: UUID) -> None:
    acts.drop_rule(by=request.actor, element_id=element_id, rule_id=rule_id)
