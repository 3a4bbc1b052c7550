"""Acts on the ledger itself: its keys, its epochs, the end of bodies whose time is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.contracts.book import Signed
from zampa.contracts.evidence import Checkpoint
from zampa.evidence import keystore
from zampa.evidence.checkpoints import (
    EpochStatement,
    announcement,
    read_checkpoint,
    read_epoch,
    sign_epoch,
    verify_checkpoint,
)
from zampa.evidence.suites import PublicKey, key_id, suite
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid
from zampa.ledger import keys, models
from zampa.ledger.acts import act, enter
from zampa.ledger.events import Event
from zampa.ledger.queries import epochs, log_size, signed_of
from zampa.ledger.rules import may_delete_bodies, may_keep_keys
from zampa.ledger.sequencer import edges, hold_the_log, sign_state


@act
def announce_key(*, by: Actor, now: datetime | None = None) -> PublicKey:
    """Make the next signing key; checkpoints, signed by the present one, announce it from now on."""
    may_keep_keys(by).require()
    coming = keystore.announce(keys.folder(), keys.NAME, suite(settings.ZAMPA_SUITE).signature, keys.passphrase())
    _enter(Event.KEY_ANNOUNCED, by, coming, now)
    return coming


@act
def rotate_key(*, by: Actor, now: datetime | None = None) -> PublicKey:
    """Let the announced key sign from now on.

    Conflict: evidence.keystore.nothing_announced; ledger.keys.not_yet_announced while no signed checkpoint names it,
    since readers would not believe it.
    """
    may_keep_keys(by).require()
    coming = keys.next_key()
    if coming is None:
        raise Conflict("evidence.keystore.nothing_announced", name=keys.NAME)
    if not models.Checkpoint.objects.filter(announces=announcement(coming)).exists():
        raise Conflict("ledger.keys.not_yet_announced", key=key_id(coming))
    _enter(Event.KEY_ROTATED, by, coming, now)
    return keystore.rotate(keys.folder(), keys.NAME)


@act
def open_epoch(
    *, by: Actor = SYSTEM, known: Iterable[Signed] = (), reason: str = "restore", now: datetime | None = None
) -> EpochStatement:
    """After a restore: begin a new epoch that names what was lost.

    `known`: the newest checkpoints that others hold (gateways, auditors); those that this installation did not sign,
    or still holds itself, count for nothing. Records that came back without a place get theirs in the new epoch.
    """
    may_keep_keys(by).require()
    hold_the_log()
    last = models.Checkpoint.objects.order_by("-id").first()
    size, epoch, moment = (last.size, last.epoch, last.at) if last else (0, 0, now or utc_now())
    lost = newest_lost(known)
    roots = tuple(edge.root() for edge in edges(size))
    at = max(now or utc_now(), moment)
    statement = EpochStatement(
        origin=settings.ZAMPA_INSTALLATION,
        epoch=max(epoch, lost.epoch if lost else 0) + 1,
        size=size,
        root=f"sha256:{b64(roots[0])}",
        at=iso(at),
        reason=reason,
        lost_epoch=lost.epoch if lost else epoch,
        lost_size=max(lost.size, size) if lost else size,
        lost_root=lost.root if lost else "",
    )
    signed = msgspec.json.encode(sign_epoch(statement, keys.signing_key())).decode()
    models.Epoch.objects.create(number=statement.epoch, size=size, opened_at=at, signed=signed)
    sign_state(statement.epoch, size, (roots[0], roots[1]), at)
    facts = {"epoch": statement.epoch, "size": size, "lost_size": statement.lost_size, "reason": reason}
    enter(event=Event.EPOCH_OPENED, by=by, subject=_log(), facts=facts, at=at)
    return statement


@act
def delete_bodies(
    *,
    by: Actor = SYSTEM,
    before: datetime,
    events: Iterable[str],
    except_subjects: Collection[str] = (),
    except_records: Collection[UUID] | QuerySet[Any, UUID] = (),
    now: datetime | None = None,
) -> int:
    """Delete what records of these events said before a moment; their places and proofs stay. How many.

    Records of the excepted subjects, and the excepted records themselves, keep their bodies: a hold stands on them.
    """
    may_delete_bodies(by).require()
    listed = sorted(events)
    old = models.Body.objects.filter(record__event__in=listed, record__at__lt=before, record__position__isnull=False)
    old = old.exclude(record__subject__in=except_subjects).exclude(record_id__in=except_records)
    count, _ = old.delete()
    if count:
        facts = {"before": iso(before), "events": listed, "count": count}
        enter(event=Event.BODIES_DELETED, by=by, subject=_log(), facts=facts, at=now)
    return count


def newest_lost(known: Iterable[Signed]) -> Checkpoint | None:
    """The largest of the checkpoints that this installation signed, knows no more, and has not yet named as lost."""
    found = []
    for signed in known:
        try:
            found.append(verify_checkpoint(signed, keys.anchors()))
        except NotValid:
            continue
    lost = [one for one in found if one.origin == settings.ZAMPA_INSTALLATION and not _accounted(one)]
    return max(lost, key=lambda one: (one.epoch, one.size), default=None)


def _accounted(found: Checkpoint) -> bool:
    """Whether the log still holds this signed state, or an epoch statement names it among what was lost."""
    for row in models.Checkpoint.objects.filter(epoch=found.epoch, size=found.size):
        if read_checkpoint(signed_of(row)).root == found.root:
            return True
    said = [read_epoch(signed) for signed in epochs()]
    within = any(found.epoch <= one.lost_epoch and one.size < found.size <= one.lost_size for one in said)
    return within or any(found.root == one.lost_root for one in said)


def _enter(event: Event, by: Actor, key: PublicKey, now: datetime | None) -> None:
    facts = {"key": key_id(key), "public": key.text, "size": log_size()}
    enter(event=event, by=by, subject=Subject("ledger.key", key_id(key)), facts=facts, at=now)


def _log() -> Subject:
    return Subject("ledger.log", settings.ZAMPA_INSTALLATION)
