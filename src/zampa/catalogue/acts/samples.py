"""Some of the rows that fail a rule, sealed for their owner and forgotten after thirty days, as rows in quarantine are.

Reading them is an act: they may be personal rows, and the law wants to know who looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from zampa.catalogue import queries_quality as quality
from zampa.catalogue.acts import steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Judgement, Ruling, SampledRow
from zampa.catalogue.rules import quality as rules
from zampa.census.secrets import master_key
from zampa.contracts.actors import Actor
from zampa.evidence import rows as kept
from zampa.flows.judging import Ruling as Found
from zampa.ground.clock import utc_now
from zampa.ground.ids import new_id
from zampa.ledger.acts import act


@dataclass(frozen=True)
class Opened:
    """One rule with some of the rows that fail it, as their owner sees them."""

    ruling: Ruling
    names: list[str]
    rows: list[list[str | None]]


def keep(row: Judgement, made: Sequence[Ruling], found: Sequence[Found], key: Sequence[str], now: datetime) -> None:
    """Seal the sampled rows of a judgement under a key of its own; the caller saves the row."""
    if not any(one.sample for one in found):
        return
    row.sealed_key = kept.new_key(master_key(), _key_context(row))
    row.samples_until = now + timedelta(days=rules.SAMPLES_KEPT_DAYS)
    opened = kept.open_key(master_key(), row.sealed_key, _key_context(row))
    sealed = []
    for ruling, one in zip(made, found, strict=True):
        for place, values in enumerate(one.sample):
            pk = new_id()
            named = {name: values[name] for name in key if name in values} or values
            commitment, text = kept.seal_row(opened, _row_context(pk), named, values)
            sealed.append(SampledRow(pk=pk, ruling=ruling, place=place, commitment=commitment, sealed=text))
    SampledRow.objects.bulk_create(sealed)


@act
def read_samples(*, by: Actor, judgement_id: UUID | str, now: datetime | None = None) -> list[Opened]:
    """Rows that failed, by rule, in clear; the reading is entered with its count. NotAllowed for all but the owner."""
    now = now or utc_now()
    row = quality.judgement(by, judgement_id)
    rules.may_see_rows(by, str(row.resource.provider_id)).require()
    if not row.sealed_key:
        return []
    key = kept.open_key(master_key(), row.sealed_key, _key_context(row))
    opened, count = [], 0
    for ruling in quality.rulings_of(row).prefetch_related("samples"):
        held = [kept.open_row(key, _row_context(one.pk), one.sealed).values for one in ruling.samples.all()]
        if held:
            names = list(dict.fromkeys(name for values in held for name in values))
            opened.append(Opened(ruling, names, [[values.get(name) for name in names] for values in held]))
            count += len(held)
    steps.note(Event.SAMPLES_READ, by, row.resource, {"judgement": str(row.pk), "rows": count}, now)
    return opened


def expire_samples(*, now: datetime | None = None) -> int:
    """Forget sampled rows whose thirty days are over, and the keys that open them; of how many judgements."""
    now = now or utc_now()
    due = Judgement.objects.filter(samples_until__lte=now)
    keys = list(due.values_list("pk", flat=True)[:500])
    SampledRow.objects.filter(ruling__judgement__in=keys).delete()
    return Judgement.objects.filter(pk__in=keys).update(sealed_key="", samples_until=None)


def _key_context(row: Judgement) -> str:
    return f"catalogue.judgement:{row.pk}"


def _row_context(row_id: UUID) -> str:
    return f"catalogue.sampled_row:{row_id}"
