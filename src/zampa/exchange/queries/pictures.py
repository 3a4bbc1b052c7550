"""What the pages draw: the path of a request, precedents, use against the quota, the figures of a grant's calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from zampa.exchange.models import CallRow, Grant, GrantField, Request
from zampa.ground.clock import SHANGHAI, local_date

DAYS = 30


@dataclass(frozen=True)
class Step:
    """A step of the progress line; `code` is worded by the page, `status` is done, now, todo or bad."""

    code: str
    status: str
    at: datetime | None = None


def path_of(request: Request) -> list[Step]:
    """Draft, the requester's head, the provider's head, the grant, the delivery."""
    state = request.state
    ended = state in ("refused", "withdrawn")
    marks = [
        ("submit", request.submitted_at, state in ("draft", "returned")),
        ("sign", request.signed_at, state == "submitted"),
        ("decide", request.decided_at, state in ("signed", "under_review")),
    ]
    steps = []
    for code, at, now in marks:
        done = at is not None and not now and not (code == "decide" and state == "returned")
        status = "now" if now else "done" if done else "todo"
        steps.append(Step(code, status, at if done else None))
    if ended:
        steps[2] = Step(state, "bad", request.decided_at)
        return steps
    grant = getattr(request, "grant", None)
    steps.append(Step("grant", "done" if grant else "todo", grant.created_at if grant else None))
    first = grant.deliveries.filter(first=True) if grant else None
    waiting = first.exclude(state="done").exists() if first is not None else True
    last = first.order_by("finished_at").last() if first is not None else None
    delivered = last is not None and not waiting
    status = "done" if delivered else "now" if grant else "todo"
    steps.append(Step("deliver", status, last.finished_at if last is not None and delivered else None))
    return steps


@dataclass(frozen=True)
class Precedent:
    """How often the resource was granted before, and which of the items asked for never were."""

    grants: int
    departments: int
    never: tuple[str, ...]


def precedent_of(request: Request, names: Sequence[str]) -> Precedent | None:
    """None when the resource was never granted to anybody else."""
    before = Grant.objects.filter(resource_id=request.resource_id).exclude(request=request)
    counted = before.aggregate(grants=Count("pk"), departments=Count("requester", distinct=True))
    if not counted["grants"]:
        return None
    given = set(GrantField.objects.filter(grant__in=before).values_list("name", flat=True))
    return Precedent(counted["grants"], counted["departments"], tuple(name for name in names if name not in given))


@dataclass(frozen=True)
class Use:
    """A grant's calls: today's against the quota, and the series of thirty days."""

    today: int
    refused_today: int
    share: int
    series: tuple[int, ...]
    calls: int
    rows: int


def use_of(grant: Grant, now: datetime) -> Use:
    today = local_date(now)
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), SHANGHAI)
    rows = CallRow.objects.filter(grant=grant.pk, at__gte=since)
    days = rows.annotate(day=TruncDate("at", tzinfo=SHANGHAI)).values("day").order_by("day")
    counted = {row["day"]: row for row in days.annotate(n=Count("pk"), no=Count("pk", filter=Q(outcome="refused")))}
    series = tuple(counted.get(today - timedelta(days=back), {"n": 0})["n"] for back in range(DAYS - 1, -1, -1))
    last = counted.get(today, {"n": 0, "no": 0})
    served = last["n"] - last["no"]
    share = min(100, round(100 * served / grant.quota_per_day)) if grant.quota_per_day else 0
    total = rows.aggregate(rows=Sum("rows"))["rows"] or 0
    return Use(served, last["no"], share, series, sum(series), total)
