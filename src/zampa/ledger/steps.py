"""Acts on the ledger itself: its keys, its epochs, the end of bodies whose time is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.conf import settings

from zampa.contracts.actors import SYSTEM, Actor, Subject
from zampa.contracts.book import Signed
from zampa.contracts.evidence import Checkpoint
from zampa.evidence import keystore
from zampa.evidence.checkpoints import EpochStatement, announcement, sign_epoch, verify_checkpoint
from zampa.evidence.suites import PublicKey, key_id, suite
from zampa.ground.clock import iso, utc_now
from zampa.ground.digests import b64
from zampa.ground.errors import Conflict, NotValid
from zampa.ledger import keys, models
from zampa.ledger.acts import act, enter
from zampa.ledger.events import Event
from zampa.ledger.queries import log_size
from zampa.ledger.rules import may_delete_bodies, may_keep_keys
from zampa.ledger.sequencer import edges, hold_the_log, sequence_pending, sign_state


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

    `known`: the newest checkpoints that others hold (gateways, auditors); those that this installation did not sign
    count for nothing. Records that were restored but have no place yet get theirs in the new epoch.
    """
    may_keep_keys(by).require()
    hold_the_log()
    last = models.Checkpoint.objects.order_by("-id").first()
    size, epoch, moment = (last.size, last.epoch, last.at) if last else (0, 0, now or utc_now())
    newest = _newest(known)
    lost = newest if newest is not None and (newest.epoch, newest.size) > (epoch, size) else None
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
def delete_bodies(*, by: Actor = SYSTEM, before: datetime, events: Iterable[str], now: datetime | None = None) -> int:
    """Delete what records of these events said before a moment; their places and proofs stay. How many."""
    may_delete_bodies(by).require()
    listed = sorted(events)
    old = models.Body.objects.filter(record__event__in=listed, record__at__lt=before, record__position__isnull=False)
    count, _ = old.delete()
    if count:
        facts = {"before": iso(before), "events": listed, "count": count}
        enter(event=Event.BODIES_DELETED, by=by, subject=_log(), facts=facts, at=now)
    return count


def resume(known: Iterable[Signed], now: datetime | None = None) -> EpochStatement:
    """What `zampa restore` calls at its end: a new epoch, and every restored record in its place."""
    statement = open_epoch(known=known, now=now)
    sequence_pending(now)
    return statement


def _newest(known: Iterable[Signed]) -> Checkpoint | None:
    """The largest of the checkpoints that really are ours."""
    found = []
    for signed in known:
        try:
            found.append(verify_checkpoint(signed, keys.anchors()))
        except NotValid:
            continue
    ours = [one for one in found if one.origin == settings.ZAMPA_INSTALLATION]
    return max(ours, key=lambda one: (one.epoch, one.size), default=None)


def _enter(event: Event, by: Actor, key: PublicKey, now: datetime | None) -> None:
    facts = {"key": key_id(key), "public": key.text, "size": log_size()}
    enter(event=event, by=by, subject=Subject("ledger.key", key_id(key)), facts=facts, at=now)


def _log() -> Subject:
    return Subject("ledger.log", settings.ZAMPA_INSTALLATION)
