"""数据质量: rules stated beside the items' own, carried out on the attached table, and what came of them kept.

Carrying out is a measurement: it makes no record. That an entry's data began to break a rule that blocks, or holds
them all again, is a change of state with its record and a message to those who keep it. The table is read with no
transaction open.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from zampa.catalogue import queries
from zampa.catalogue import queries_quality as quality
from zampa.catalogue.acts import lineage, samples, steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Attachment, Judgement, QualityRule, Resource, Ruling
from zampa.catalogue.rules import quality as scoring
from zampa.catalogue.rules.freshness import OLDEST
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.flowspecs import Check
from zampa.contracts.quality import InList, Rule
from zampa.contracts.schemas import DataType
from zampa.desk.deferring import defer
from zampa.flows.judging import Judged, Table, judge
from zampa.flows.judging import Ruling as Found
from zampa.flows.plan import as_rule
from zampa.flows.rulings import problem_of
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotFound, NotValid, ZampaError
from zampa.identity import queries as people
from zampa.identity.acts import send_message
from zampa.ledger.acts import act
from zampa.standards.queries import code_list_named

JUDGE = "catalogue.judge"  # the job's spelled name
TELL_EVERY = 1.0  # seconds
SILENT = 3600  # seconds after which a judgement that began and is not over was killed


@act
def state_rule(*, by: Actor, resource_id: UUID | str, rule: Rule, now: datetime | None = None) -> QualityRule:
    """State a rule of an entry, or state the one of this code anew. NotValid when it cannot be carried out on the
    entry's items, NotAllowed when it looks into another's data that was not granted whole."""
    now = now or utc_now()
    resource = queries.resource(by, resource_id)
    scoring.may_state_rules(by, str(resource.provider_id)).require()
    if resource.state == "withdrawn" or resource.replaces_id:
        raise Conflict("catalogue.resource.wrong_state", state=resource.state, step="rule")
    faults = rule_faults(by, resource, rule)
    if faults:
        raise NotValid("flows.rule.not_valid", faults=faults)
    spec = msgspec.to_builtins(rule)
    row, fresh = QualityRule.objects.update_or_create(
        resource=resource, code=rule.code,
        defaults={"kind": rule.kind, "spec": spec, "stated_by_name": by.name, "stated_at": now},
    )  # fmt: skip
    steps.note(Event.RULE_STATED, by, resource, {"rule": _spelled(rule), "anew": not fresh}, now)
    return row


def rule_faults(by: Actor, resource: Resource, rule: Rule) -> list[Fault]:
    """Why a rule cannot hold of an entry; none when it can."""
    types: dict[str, DataType] = {item.name: item.type for item in queries.items_of(resource.pk) if item.column}  # type: ignore[misc]
    if code := problem_of(rule, types):
        return [Fault("test", code)]
    if isinstance(rule.test, InList):
        try:
            code_list_named(by, rule.test.list)
        except NotFound:
            return [Fault("test", "flows.rule.unresolved_list")]
    if not rule.other_resource:
        return []
    looked = queries.published_resource(by, rule.other_resource)
    usable = quality.usable_items(resource.provider_id, looked.pk)
    named = {str(name) for name in (getattr(rule.test, "item", ""), *getattr(rule.test, "key", ("", ""))[1:]) if name}
    return [] if usable and named <= usable else [Fault("test", "catalogue.quality.other_not_granted")]


@act
def drop_rule(*, by: Actor, rule_id: UUID | str, now: datetime | None = None) -> Resource:
    """Take a rule off an entry."""
    now = now or utc_now()
    row = quality.own_rule(by, rule_id)
    scoring.may_state_rules(by, str(row.resource.provider_id)).require()
    rule, resource = quality.rule_stated(row), row.resource
    row.delete()
    steps.note(Event.RULE_DROPPED, by, resource, {"rule": _spelled(rule)}, now)
    return resource


def _spelled(rule: Rule) -> str:
    """A rule as a record carries it: its JSON as text, as a share in percent is no whole number."""
    return msgspec.json.encode(rule).decode()


def ask_judgement(*, by: Actor, resource_id: UUID | str, occasion: str = "asked") -> Judgement:
    """Queue one carrying-out of the entry's rules; the one that waits already when there is one."""
    if by.kind != "system":
        _may_judge(by=by, resource_id=resource_id)
    attachment = quality.readable(resource_id)
    if attachment is None:
        raise Conflict("catalogue.quality.nothing_to_read")
    with transaction.atomic():
        Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
        waiting = Judgement.objects.filter(resource_id=resource_id, state__in=("waiting", "running"))
        for row in waiting.exclude(state="waiting"):
            if (utc_now() - row.asked_at).total_seconds() > SILENT:
                _failed(row, "catalogue.quality.broken_off", {})
        found = waiting.first()
        if found is not None:
            return found
        made = Judgement.objects.create(
            resource_id=attachment.resource_id, attachment=attachment, occasion=occasion, asked_by_name=by.name,
            asked_at=utc_now(),
        )  # fmt: skip
        defer(JUDGE, once=f"judge:{attachment.pk}", judgement_id=str(made.pk))
    return made


@act
def _may_judge(*, by: Actor, resource_id: UUID | str) -> None:
    found = queries.resource(by, resource_id)
    scoring.may_state_rules(by, str(found.provider_id)).require()


def perform_judgement(judgement_id: UUID | str) -> Judgement | None:
    """Carry the rules out and keep what came of them; None when it is over or another worker has it."""
    begun = utc_now()
    held = Judgement.objects.filter(pk=judgement_id, state="waiting").update(state="running", started_at=begun)
    if not held:
        return None
    row = Judgement.objects.select_related("resource__provider", "attachment").get(pk=judgement_id)
    lineage.note_check(row, "START", begun)
    try:
        attachment = quality.readable(row.resource_id)
        if attachment is None:
            raise Conflict("catalogue.quality.nothing_to_read")
        holding = quality.rules_holding(row.resource_id)
        others = _others(row.resource, [one.rule for one in holding])
        judged = judge(
            quality.table_of(attachment), [quality.with_codes(one.rule) for one in holding], others=others,
            cycle_days=_cycle_days(row.resource), on_progress=_teller(row),
        )  # fmt: skip
    except ZampaError as error:
        _failed(row, error.code, error.params)
        return row
    return note_judgement(by=SYSTEM, judgement_id=row.pk, holding=holding, judged=judged)


def _failed(row: Judgement, code: str, params: Mapping[str, object]) -> None:
    row.state, row.finished_at, row.problem = Judgement.State.FAILED, utc_now(), code
    row.problem_params = {name: str(value)[:200] for name, value in params.items()}
    row.save(update_fields=["state", "finished_at", "problem", "problem_params"])
    lineage.note_check(row, "FAIL", row.finished_at)


def _cycle_days(resource: Resource) -> int | None:
    allowed = OLDEST.get(resource.update_cycle)
    return allowed.days if allowed else None


def _others(resource: Resource, holding: Sequence[Rule]) -> dict[str, Table]:
    """Tables of other entries that rules look into, each with no more items than the provider may compare with."""
    found = {}
    for key in {rule.other_resource for rule in holding if rule.other_resource}:
        usable, attachment = quality.usable_items(resource.provider_id, key), quality.readable(key)
        if usable and attachment is not None:
            found[key] = quality.table_of(attachment, usable)
    return found


def _teller(row: Judgement) -> Callable[[int], None]:
    told = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY:
            told = time.monotonic()
            Judgement.objects.filter(pk=row.pk).update(rows=rows)

    return tell


@act
def note_judgement(
    *, by: Actor, judgement_id: UUID, holding: Sequence[quality.Holds], judged: Judged, now: datetime | None = None
) -> Judgement:
    """Keep rulings, scores and sealed samples as the entry's newest; told when blocking rules break or hold anew."""
    now = now or utc_now()
    row = Judgement.objects.select_for_update(of=("self",)).select_related("resource__provider").get(pk=judgement_id)
    before = quality.latest_of(row.resource_id)
    row.state, row.finished_at, row.rows = Judgement.State.DONE, now, judged.rows
    row.milliseconds = int(judged.seconds * 1000)
    made = _rulings(row, holding, judged.rulings)
    told = [
        scoring.Told(one.dimension, one.checked, one.failed, held.rule.tolerance_percent, not one.problem)
        for one, held in zip(made, holding, strict=True)
    ]
    row.scores, row.score = scoring.scores(told, quality.answered(row.attachment))
    row.kept, row.broken = (sum(1 for one in made if one.held is state) for state in (True, False))
    row.skipped = len(made) - row.kept - row.broken
    key = queries.items_of(row.resource_id).filter(key=True).values_list("name", flat=True)
    samples.keep(row, made, judged.rulings, list(key), now)
    Judgement.objects.filter(resource_id=row.resource_id, latest=True).update(latest=False)
    row.latest = True
    row.save()
    _drop_old(row)
    _tell(row, before, holding, made, now)
    lineage.note_check(row, "COMPLETE", now, [(one.code, one.field, one.held) for one in made if one.held is not None])
    return row


def _rulings(row: Judgement, holding: Sequence[quality.Holds], found: Sequence[Found]) -> list[Ruling]:
    made = []
    for position, (held, one) in enumerate(zip(holding, found, strict=True)):
        told = scoring.Told("", one.checked, one.failed, held.rule.tolerance_percent, not one.problem)
        made.append(
            Ruling(
                judgement=row, position=position, code=held.rule.code, origin=held.origin, kind=held.rule.kind,
                field=held.rule.field, dimension=held.rule.measures, spec=msgspec.to_builtins(held.rule),
                checked=one.checked, failed=one.failed, held=told.held, problem=one.problem, measured=one.measured,
            )
        )
    return Ruling.objects.bulk_create(made)


def _drop_old(row: Judgement) -> None:
    old = quality.judgements_of(row.resource_id).filter(latest=False).order_by("-asked_at")
    keys = list(old.values_list("pk", flat=True)[scoring.JUDGEMENTS_KEPT :])
    Judgement.objects.filter(pk__in=keys).delete()


def _tell(
    row: Judgement, before: Judgement | None, holding: Sequence[quality.Holds], made: Sequence[Ruling], now: datetime
) -> None:
    """Of the change between "every blocking rule is kept" and "some are not": the record, and a message on the bad."""
    breaking = [
        one for one, held in zip(made, holding, strict=True) if one.held is False and held.rule.severity == "blocks"
    ]
    was = before is not None and any(
        msgspec.convert(one.spec, Rule).severity == "blocks" for one in quality.rulings_of(before).filter(held=False)
    )
    if bool(breaking) == was:
        return
    facts = {"judgement": str(row.pk), "rows": row.rows, "score": row.score, "broken": [one.code for one in breaking]}
    event = Event.QUALITY_FELL if breaking else Event.QUALITY_HELD
    record = steps.note(event, SYSTEM, row.resource, facts, now)
    if breaking:
        send_message(
            to_person_ids=people.post_holders(row.resource.provider_id, "editor", now).values_list("pk", flat=True),
            code="catalogue.message.quality_fell",
            params={"resource": row.resource.name, "count": len(breaking)},
            subject=steps.subject_of(row.resource),
            url_name="catalogue:judgement",
            url_arg=str(row.pk),
            cause=record,
            now=now,
        )


def note_delivery_checks(
    *, resource_id: UUID | str, delivery_id: UUID | str, asked: Mapping[str, Check | Rule], rows: int,
    failed: Mapping[str, int], names: Mapping[str, str], now: datetime,
) -> Judgement:
    """What a delivery's own checks and rules told of the rows it moved: `asked` by the code on a bad row, `names` from
    columns to items. No record: the run has one. It never is the entry's newest, as it sees only what was granted."""
    row = Judgement.objects.create(
        resource_id=resource_id, occasion=Judgement.Occasion.DELIVERED, delivery=delivery_id, state="done",
        asked_at=now, started_at=now, finished_at=now, rows=rows,
    )  # fmt: skip
    made = []
    for position, (code, one) in enumerate(asked.items()):
        rule = msgspec.structs.replace(as_rule(one, names), code=code)
        count = failed.get(code, 0)
        made.append(
            Ruling(
                judgement=row, position=position, code=code, kind=rule.kind,
                origin=Ruling.Origin.ITEM if isinstance(one, Check) else Ruling.Origin.OWN,
                field=rule.field, dimension=rule.measures, spec=msgspec.to_builtins(rule), checked=rows, failed=count,
                held=not count,
            )
        )
    Ruling.objects.bulk_create(made)
    told = [scoring.Told(one.dimension, one.checked, one.failed) for one in made]
    row.scores, row.score = scoring.scores(told)
    row.broken = sum(1 for one in made if not one.held)
    row.kept = len(made) - row.broken
    row.save(update_fields=["scores", "score", "kept", "broken"])
    _drop_old(row)
    return row


def judge_due(*, most: int = 50, now: datetime | None = None) -> int:
    """Queue the entries whose data is to be judged again, those never judged first; how many."""
    now = now or utc_now()
    last = Judgement.objects.filter(resource=OuterRef("resource")).exclude(occasion=Judgement.Occasion.DELIVERED)
    rows = Attachment.objects.annotate(last=Subquery(last.order_by("-asked_at").values("asked_at")[:1])).filter(
        state__in=Attachment.READABLE, resource__replaces=None
    )
    late = Q(last=None) | Q(last__lte=now - scoring.SELDOM)
    for cycle, period in scoring.EVERY.items():
        late |= Q(resource__update_cycle=cycle, last__lte=now - period)
    queued = 0
    for one in rows.filter(late).order_by(F("last").asc(nulls_first=True), "pk")[:most]:
        if quality.judgeable(one):
            occasion = Judgement.Occasion.SCHEDULED if one.last else Judgement.Occasion.ATTACHED
            ask_judgement(by=SYSTEM, resource_id=one.resource_id, occasion=occasion)
            queued += 1
    return queued
