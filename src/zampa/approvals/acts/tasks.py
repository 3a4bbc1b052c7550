"""Tasks and reviews. The owning room opens a task, calls `decide` inside its own act, and applies the effect."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from zampa.approvals import queries, rules
from zampa.approvals.models import Clock, Review, Task
from zampa.contracts.actors import Actor, Post, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotFound, NotValid


def open_task(
    *,
    kind: str,
    subject: Subject,
    url_name: str,
    url_arg: str = "",
    department_id: UUID | str | None = None,
    post: Post | None = None,
    person_id: UUID | str | None = None,
    clock: Clock | None = None,
    now: datetime | None = None,
) -> Task:
    """Puts something in the inbox of a post in a department, or of one person; due when its clock is."""
    return Task.objects.create(
        kind=kind,
        department_id=department_id,
        post=post or "",
        person_id=person_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name[:300],
        url_name=url_name,
        url_arg=url_arg,
        clock=clock,
        due=clock.due if clock else None,
        opened=now or utc_now(),
    )


def decide(
    *,
    by: Actor,
    verdict: str,
    reason: str = "",
    task_id: UUID | str | None = None,
    subject: Subject | None = None,
    kind: str = "",
    now: datetime | None = None,
) -> Review:
    """One review of one step, named by its task or by subject and kind; closes the task.

    NotAllowed when the actor neither holds nor deputises the post, or decided another step of the same subject;
    NotValid when a refusal has no reason; Conflict when the step was decided before.
    """
    now = now or utc_now()
    task = _locked(task_id, subject, kind)
    before = Review.objects.filter(subject_kind=task.subject_kind, subject_id=task.subject_id)
    rules.may_decide(
        by,
        kind=task.kind,
        department=str(task.department_id or ""),
        post=task.post,
        person=str(task.person_id or ""),
        decided_before=list(before.values_list("kind", "by_id")),
    ).require()
    if faults := rules.verdict_faults(verdict, reason):
        raise NotValid("approvals.review.not_valid", faults=faults)
    if task.closed is not None:
        raise Conflict("approvals.task.closed")
    task.closed = now
    task.save(update_fields=["closed"])
    return Review.objects.create(
        task=task,
        kind=task.kind,
        subject_kind=task.subject_kind,
        subject_id=task.subject_id,
        by_id=by.id,
        by_name=by.name,
        post=task.post,
        deputy_for=by.deputy_for,
        verdict=verdict,
        reason=reason.strip(),
        at=now,
    )


def _locked(task_id: UUID | str | None, subject: Subject | None, kind: str) -> Task:
    rows = Task.objects.select_for_update()
    if task_id is not None:
        rows = rows.filter(pk=task_id)
    elif subject is not None:
        rows = rows.filter(subject_kind=subject.kind, subject_id=subject.id, kind=kind)
    else:
        raise NotFound("approvals.task.not_found")
    task = rows.order_by(F("closed").desc(nulls_first=True), "-opened").first()  # what still waits, else the latest
    if task is None:
        raise NotFound("approvals.task.not_found")
    return task


def close_tasks(*, subject: Subject, kind: str = "", now: datetime | None = None) -> int:
    """Takes what waits on a subject out of every inbox (withdrawn, overtaken); how many there were."""
    rows = queries.open_tasks(subject)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(closed=now or utc_now())
