"""`zampa gateway`: one process, one folder. Enrols once, then serves whatever happens to the centre."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import sys
import time
from pathlib import Path

import structlog
import uvloop

from zampa.connectors.addresses import AddressPolicy
from zampa.gateway.answers import AnswerSigner, Salts
from zampa.gateway.app import Gateway
from zampa.gateway.books import Books
from zampa.gateway.centre import Centre
from zampa.gateway.counters import Counters
from zampa.gateway.enrolment import (
    Enrolment,
    Keys,
    admitted,
    application,
    keep_enrolment,
    load_enrolment,
    load_keys,
)
from zampa.gateway.house import House
from zampa.gateway.metrics import Metrics
from zampa.gateway.passing import Passing
from zampa.gateway.rows import Rows
from zampa.gateway.segments import Segments, trust_of
from zampa.gateway.serving import Serving
from zampa.gateway.settings import Settings, read
from zampa.gateway.sources import Sources
from zampa.gateway.tasks import keep_book, let_go, push_trail
from zampa.gateway.trail import Trail, decode_record
from zampa.gateway.upstreams import Upstreams
from zampa.gateway.verifying import Verifying
from zampa.ground.errors import Conflict, Unavailable, ZampaError

SWITCH_SECONDS = 0.0005  # the trail's thread must not wait long for the interpreter after each fsync
log = structlog.get_logger("zampa.gateway")


def lock(folder: Path) -> int:
    """Keep a second process off this folder; Conflict when one is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Conflict("gateway.folder.in_use", folder=str(folder)) from error
    return handle


async def enrolled(settings: Settings, keys: Keys) -> Enrolment:
    """Who this gateway is: kept from before, or learnt now with the one-time token, waiting for the centre."""
    held = load_enrolment(settings.home)
    if held is not None:
        return held
    centre = Centre(settings.centre, keys)
    body = application(settings, keys)
    for wait in (0.3, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 0.0):
        try:
            enrolment = admitted(await centre.enrol(body))
            keep_enrolment(settings.home, enrolment)
            return enrolment
        except Unavailable as error:
            if error.code == "gateway.centre.refused" or not wait:
                raise
            await asyncio.sleep(wait)
    raise Unavailable("gateway.centre.unreachable")


def built(settings: Settings, keys: Keys, enrolment: Enrolment) -> tuple[Gateway, Segments]:
    """The parts put together; counters and uncut segments come back from the trail."""
    metrics = Metrics()
    books = Books(settings.home, enrolment, keys)
    trail = Trail(settings.home / "trail", enrolment.gateway)
    if trail.cut:
        log.warning("trail_tail_cut", bytes=trail.cut)
    counters = Counters()
    now = time.time()
    counters.rebuild((decode_record(place.payload) for place in trail.since(now - 86400)), now)
    policy = AddressPolicy.from_environment()
    salts = Salts(settings.home / "salts")
    sources = Sources(policy, settings.reads_at_once)
    passing = Passing(Upstreams(policy, settings.provider_seconds))
    verifying = Verifying(sources, counters, salts, metrics)
    house = House(keys, trail, metrics)
    gateway = Gateway(
        settings, books, trail, counters, AnswerSigner(keys), salts, passing, Rows(sources, keys.local), verifying,
        house,
    )
    trust = trust_of(enrolment.log_anchors or enrolment.anchors)
    return gateway, Segments(trail, keys.sign, enrolment.gateway, trust)


async def serve(settings: Settings) -> None:
    """Serve until told to stop; then finish the calls in hand and what is being written."""
    keys = load_keys(settings.home, settings.suite)
    enrolment = await enrolled(settings, keys)
    gateway, segments = built(settings, keys, enrolment)
    centre = Centre(settings.centre, keys)
    server = Serving(gateway, settings)
    back = asyncio.Event()  # the centre may be another than before: tell it at once what we hold
    back.set()
    beside = [
        asyncio.create_task(keep_book(gateway.books, centre, back)),
        asyncio.create_task(push_trail(segments, centre, gateway.metrics, back)),
        asyncio.create_task(let_go(segments, centre, settings.keep_days, back)),
    ]
    for task in beside:
        task.add_done_callback(lambda ended: _ended(ended, server))
    gc.collect()
    gc.freeze()  # what was made by now stays: no collection looks through it again while calls wait
    log.info("gateway_serves", gateway=enrolment.gateway, address=f"{settings.address}:{settings.port}")
    try:
        await server.listen()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        gateway.trail.close()
        gateway.rows.sources.close()


def _ended(task: asyncio.Task[None], server: Serving) -> None:
    """None of the tasks ever ends by itself: serving on with an old book or an unpushed trail would go unnoticed."""
    if not task.cancelled():
        log.error("task_ended", task=task.get_name(), error=repr(task.exception()))
        server.stop()


def main() -> int:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = read(sys.argv[1:])
    try:
        lock(settings.home)
        uvloop.run(serve(settings))
    except ZampaError as error:
        sys.stderr.write(f"zampa gateway: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
