"""Personal tokens: made by the person, behind the second factor, for the JSON API only."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotValid
from zampa.identity import queries, rules
from zampa.identity.events import Event
from zampa.identity.models import PersonalToken
from zampa.ledger.acts import act, enter

TOKEN_PREFIX = "zpt_"  # noqa: S105 - what every token begins with, no secret


@act
def make_token(
    *, by: Actor, name: str, scopes: Iterable[str], days: int, proven: bool, now: datetime | None = None
) -> tuple[PersonalToken, str]:
    """A token and its text, shown once. `proven`: this session passed the second factor (the edge knows)."""
    now = now or utc_now()
    if by.kind != "person":
        raise NotAllowed("identity.token.people_only")
    if not proven:
        raise NotAllowed("identity.token.second_factor_first")
    chosen = sorted(set(scopes))
    faults = rules.text_faults("name", name, 100)
    if not chosen or not set(chosen) <= set(PersonalToken.Scope.values):
        faults.append(Fault("scopes", "identity.token.bad_scopes"))
    if not 1 <= days <= rules.TOKEN_LIFE_DAYS:
        faults.append(Fault("days", "identity.token.bad_life", {"days": rules.TOKEN_LIFE_DAYS}))
    if faults:
        raise NotValid("identity.token.not_valid", faults=faults)
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = PersonalToken.objects.create(
        person_id=by.id,
        name=name.strip(),
        digest=queries.digest_of(text),
        scopes=chosen,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    enter(
        event=Event.TOKEN_MADE, by=by, subject=Subject("identity.personaltoken", str(token.pk), token.name),
        parties=[by.department] if by.department else [], facts={"scopes": chosen, "days": days}, at=now,
    )  # fmt: skip
    return token, text


@act
def revoke_token(*, by: Actor, token_id: UUID | str, now: datetime | None = None) -> PersonalToken:
    """Ends one of one's own tokens at once."""
    now = now or utc_now()
    token = queries.one(queries.tokens(by), token_id, "identity.token.not_found")
    if token.revoked_at is not None:
        raise Conflict("identity.token.revoked_already")
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    enter(
        event=Event.TOKEN_REVOKED, by=by, subject=Subject("identity.personaltoken", str(token.pk), token.name),
        parties=[by.department] if by.department else [], at=now,
    )  # fmt: skip
    return token


def note_token_used(*, token: PersonalToken, now: datetime | None = None) -> None:
    """Keeps the day of last use, written at most once a day; a measurement, so no record."""
    today = local_date(now or utc_now())
    if token.last_used_on != today:
        PersonalToken.objects.filter(pk=token.pk).update(last_used_on=today)
