"""Keys of consuming systems. A bearer key is shown once and kept as a digest; of a signing key only the public
half ever reaches us."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64, sha256
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import publickeys, queries, rules
from zampa.identity.events import Event
from zampa.identity.models import ConsumerKey, Department
from zampa.ledger.acts import act, enter

PREFIX = "zck_"


@act
def issue_bearer_key(
    *,
    by: Actor,
    system_id: UUID,
    system_name: str,
    department_id: UUID | str,
    not_after: datetime | None = None,
    now: datetime | None = None,
) -> tuple[ConsumerKey, str]:
    """A key and its text, shown once: 256 random bits behind a prefix. `material` is base64url(SHA-256(text))."""
    text = PREFIX + secrets.token_urlsafe(32)
    key = _add(
        by=by,
        system_id=system_id,
        system_name=system_name,
        department_id=department_id,
        algorithm="bearer",
        material=b64(sha256(text.encode())),
        not_after=not_after,
        now=now or utc_now(),
    )
    return key, text


@act
def upload_signing_key(
    *,
    by: Actor,
    system_id: UUID,
    system_name: str,
    department_id: UUID | str,
    algorithm: str,
    public_key: str,
    not_after: datetime | None = None,
    now: datetime | None = None,
) -> ConsumerKey:
    """Takes the public half of a signing key: PEM, or the raw key as base64url or hex.

    `algorithm` is ed25519, ecdsa-p256-sha256 or sm2-sm3; `material` becomes the raw key as base64url (32 bytes, or
    an uncompressed point of 65). NotValid when the text is no such key, or holds a private half.
    """
    material, faults = publickeys.read(algorithm, public_key)
    if faults:
        rules.may_administer_keys(by, str(department_id)).require()
        raise NotValid("identity.key.not_valid", faults=faults)
    return _add(
        by=by,
        system_id=system_id,
        system_name=system_name,
        department_id=department_id,
        algorithm=algorithm,
        material=b64(material),
        not_after=not_after,
        now=now or utc_now(),
    )


def _add(
    *,
    by: Actor,
    system_id: UUID,
    system_name: str,
    department_id: UUID | str,
    algorithm: str,
    material: str,
    not_after: datetime | None,
    now: datetime,
) -> ConsumerKey:
    department = queries.department(by, department_id)
    rules.may_administer_keys(by, str(department.pk)).require()
    Department.objects.select_for_update().get(pk=department.pk)
    end, faults = rules.key_end(now, not_after)
    if faults:
        raise NotValid("identity.key.not_valid", faults=faults)
    room = rules.another_key(queries.keys_of_system(system_id, now).count())
    if not room.allowed:
        raise Conflict(room.reason, limit=rules.LIVE_KEYS)
    if ConsumerKey.objects.filter(material=material).exists():
        raise NotValid("identity.key.not_valid", faults=[Fault("public_key", "identity.key.known_already")])
    key = ConsumerKey.objects.create(
        system_id=system_id,
        system_name=system_name,
        department=department,
        algorithm=algorithm,
        material=material,
        not_after=end,
        created_at=now,
        created_by=by.name,
    )
    enter(
        event=Event.KEY_ISSUED, by=by, subject=subject_of(key), parties=[str(department.pk)],
        facts={"system": str(system_id), "algorithm": algorithm, "not_after": iso(end)}, at=now,
    )  # fmt: skip
    return key


@act
def revoke_key(*, by: Actor, key_id: UUID | str, reason: str, now: datetime | None = None) -> ConsumerKey:
    """Ends a key for good; gateways drop it with their next book."""
    now = now or utc_now()
    key = queries.key(by, key_id)
    rules.may_revoke_key(by, str(key.department_id)).require()
    if faults := rules.text_faults("reason", reason, 500):
        raise NotValid("identity.key.not_valid", faults=faults)
    if key.revoked_at is not None:
        raise Conflict("identity.key.revoked_already")
    key.revoked_at, key.revoked_by, key.revoke_reason = now, by.name, reason.strip()
    key.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    enter(
        event=Event.KEY_REVOKED, by=by, subject=subject_of(key), parties=[str(key.department_id)],
        facts={"system": str(key.system_id), "reason": key.revoke_reason}, at=now,
    )  # fmt: skip
    return key


def subject_of(key: ConsumerKey) -> Subject:
    return Subject("identity.consumerkey", str(key.pk), key.system_name)
