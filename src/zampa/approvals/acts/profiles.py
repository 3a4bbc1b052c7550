"""Policy profiles come as files; a changed file becomes a new version, the old ones stay for their clocks."""

from __future__ import annotations

from datetime import datetime

from zampa.approvals import policy, rules
from zampa.approvals.events import Event
from zampa.approvals.models import PolicyProfile
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ledger.acts import act, enter


@act
def load_profile(*, by: Actor, data: bytes | str, now: datetime | None = None) -> PolicyProfile:
    """Checks a profile's text and keeps it as the newest version of its code; the same text again changes nothing."""
    now = now or utc_now()
    rules.may_load_profiles(by).require()
    profile = policy.read(data)
    newest = PolicyProfile.objects.filter(code=profile.code).order_by("-version").first()
    digest = policy.digest(profile)
    if newest is not None and newest.digest == digest:
        return newest
    row = PolicyProfile.objects.create(
        code=profile.code,
        version=newest.version + 1 if newest else 1,
        title=profile.title,
        data=policy.plain(profile),
        digest=digest,
        loaded_at=now,
    )
    enter(
        event=Event.PROFILE_LOADED, by=by, subject=Subject("approvals.policyprofile", str(row.pk), profile.code),
        facts={"code": profile.code, "version": row.version, "digest": digest}, at=now,
    )  # fmt: skip
    return row


def load_packaged_profiles(*, by: Actor, now: datetime | None = None) -> list[PolicyProfile]:
    """The profiles this package carries; done at every migration, harmless when nothing changed."""
    return [load_profile(by=by, data=policy.text(profile), now=now) for profile in policy.packaged()]
