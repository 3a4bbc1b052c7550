"""How long everything is kept, as data; docs/retention.md tells the same table and a test holds the two together.

One daily job carries out what no other job does. A legal hold on a request wins over every period: nothing of it, of
its grant, deliveries, runs and calls goes. What goes leaves one record that says how much of what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from zampa.catalogue.acts.impacts import note_old_impacts
from zampa.catalogue.acts.lineage import note_old_lineage
from zampa.catalogue.acts.retention import note_old_drafts as note_old_entries
from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.entrance.events import Event
from zampa.exchange.acts import retention as exchange
from zampa.ground.clock import utc_now
from zampa.identity.acts import note_old_sign_ins
from zampa.ledger.acts import act, enter
from zampa.ledger.steps import delete_bodies

YEAR = 366  # days; a period of years is never a day short
JOB = "entrance.carry_out_retention"
# Records of use: who called, fetched, looked at rows. What was decided is kept as long as the log.
USE_EVENTS = ("exchange:segment:taken_in", "runs:file:fetched", "runs:quarantine:read", "catalogue:samples:read")


@dataclass(frozen=True)
class Rule:
    """`days`: how long, None for as long as the installation stands; `by`: the job that ends it, or who does."""

    name: str
    days: int | None
    by: str
    end: Callable[[datetime], int] | None = None


def _use_bodies(before: datetime) -> int:
    return delete_bodies(
        before=before, events=USE_EVENTS, except_subjects=exchange.held_ids(), except_records=exchange.segment_records()
    )


# In this order: a segment goes only after its calls, its record's body only after the segment.
RULES = (
    Rule("process_logs", 180, "operator"),
    Rule("sign_ins", 180, JOB, lambda before: note_old_sign_ins(before=before)),
    Rule("request_drafts", YEAR, JOB, lambda before: exchange.note_old_drafts(before=before)),
    Rule("catalogue_drafts", YEAR, JOB, lambda before: note_old_entries(before=before)),
    Rule("impact_assessments", 3 * YEAR, JOB, lambda before: note_old_impacts(before=before)),
    Rule("lineage_events", 180, JOB, lambda before: note_old_lineage(before=before)),
    Rule("papers", None, "with their request"),
    Rule("requests_and_grants", None, "nobody"),
    Rule("calls", 3 * YEAR, JOB, lambda before: exchange.note_old_calls(before=before)),
    Rule("trail_segments", 3 * YEAR, JOB, lambda before: exchange.note_old_segments(before=before)),
    Rule("use_records", 3 * YEAR, JOB, _use_bodies),
    Rule("other_records", None, "nobody"),
    Rule("quarantined_rows", 30, "runs.expire_kept"),
    Rule("sampled_rows", 30, "catalogue.expire_samples"),
    Rule("delivered_files", 30, "runs.expire_kept"),
    Rule("exported_lists", 7, "entrance.expire_exports"),
)


@act
def carry_out(*, by: Actor = SYSTEM, now: datetime | None = None) -> dict[str, int]:
    """End what is over its time; how much of what, and one record of it when there was anything."""
    now = now or utc_now()
    gone = {}
    for rule in RULES:
        if rule.end is not None and rule.days is not None and (count := rule.end(now - timedelta(days=rule.days))):
            gone[rule.name] = count
    if gone:
        subject = Subject("entrance.retention", settings.ZAMPA_INSTALLATION)
        enter(event=Event.RETENTION_CARRIED_OUT, by=by, subject=subject, facts={"gone": gone}, at=now)
    return gone
