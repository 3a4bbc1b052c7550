"""消息. Sent by the acts of higher rooms as part of what they do, so without a record of their own.

They always stand on the page. Where an SMTP server is named, a mail says how many are new and where to read them,
nothing of what they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.identity import mail, queries
from zampa.identity.models import Message


def send_message(
    *,
    to_person_ids: Iterable[UUID | str],
    code: str,
    params: Mapping[str, object] | None = None,
    subject: Subject | None = None,
    url_name: str = "",
    url_arg: str = "",
    cause: UUID | None = None,
    now: datetime | None = None,
) -> int:
    """One message for each person; how many. `params` must be JSON and hold no personal data."""
    now = now or utc_now()
    subject = subject or Subject("", "", "")
    rows = [
        Message(
            person_id=person,
            code=code,
            params=dict(params or {}),
            subject_kind=subject.kind,
            subject_id=subject.id,
            subject_name=subject.name[:300],
            url_name=url_name,
            url_arg=url_arg,
            cause=cause,
            created_at=now,
        )
        for person in sorted({str(person) for person in to_person_ids})
    ]
    return len(Message.objects.bulk_create(rows))


def read_messages(*, by: Actor, message_ids: Iterable[UUID | str] | None = None, now: datetime | None = None) -> int:
    """Marks one's own messages read, all of them when no ids are given; how many were unread."""
    rows = queries.messages(by).filter(read_at=None)
    if message_ids is not None:
        rows = rows.filter(pk__in=[str(key) for key in message_ids])
    return rows.update(read_at=now or utc_now())


def mail_messages(*, url: str, now: datetime | None = None) -> int:
    """One mail to each person with unread messages of the last day that no mail told of; how many were sent.

    Unavailable when the server does not take a mail: what was not sent is tried again with the next call.
    """
    now = now or utc_now()
    rows = Message.objects.filter(
        read_at=None, mailed_at=None, created_at__gt=now - timedelta(days=1), person__is_active=True
    ).exclude(person__email="")
    waiting: dict[UUID, list[Message]] = {}
    for row in rows.select_related("person").order_by("pk")[:1000]:
        waiting.setdefault(row.person_id, []).append(row)
    for found in waiting.values():
        mail.tell(url, found[0].person.email, found[0].person.language, len(found))
        Message.objects.filter(pk__in=[row.pk for row in found]).update(mailed_at=now)
    return len(waiting)
