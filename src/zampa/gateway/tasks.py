"""What a gateway does beside its calls: fetch the book, push the trail, let go of what is covered."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from zampa.gateway.books import Books
from zampa.gateway.centre import Centre
from zampa.gateway.metrics import Metrics
from zampa.gateway.segments import Cut, Segments
from zampa.ground.errors import Unavailable, ZampaError

CUT_SECONDS = 1.0
COVER_SECONDS = 60.0
LEAST_SECONDS = 1.0
WAITS = (0.5, 1.0, 2.0, 4.0)
log = structlog.get_logger("zampa.gateway")


async def keep_book(books: Books, centre: Centre, back: asyncio.Event) -> None:
    """Ask for the next book, for ever; the centre holds the question until there is one. A book that is refused stays
    out of force and is asked for again after a while."""
    failures = 0
    while True:
        try:
            envelope = await centre.book(books.number)
            if envelope is not None and await asyncio.to_thread(books.take, envelope):
                log.info("book_taken", number=books.number)
            if failures:
                back.set()
            failures = 0
        except ZampaError as error:
            if failures == 0 or not isinstance(error, Unavailable):
                log.warning("book_not_taken", code=error.code, **_plain(error))
            failures += 1
        await asyncio.sleep(WAITS[min(failures, len(WAITS)) - 1] if failures else 0.02)


async def push_trail(segments: Segments, centre: Centre, metrics: Metrics, back: asyncio.Event) -> None:
    """Cut once a second; push what waits, oldest first; while the centre is away, go on cutting."""
    loop = asyncio.get_running_loop()
    failures, pause = 0, 0.0
    while True:
        began = loop.time()
        fresh = await asyncio.to_thread(segments.cut)
        segments.look_back()
        if segments.waiting and began >= pause:
            try:
                await _push(segments, centre, fresh)
                failures = 0
            except ZampaError as error:
                if failures == 0:
                    log.warning("trail_not_pushed", code=error.code, waiting=len(segments.waiting), **_plain(error))
                back.set()  # restored from an older state, it asks for numbers that were taken in before
                pause = loop.time() + WAITS[min(failures, len(WAITS) - 1)]
                failures += 1
        metrics.unpushed.set(segments.unpushed)
        if len(segments.trail.fresh) < 5_000:
            await asyncio.sleep(max(0.0, CUT_SECONDS - (loop.time() - began)))


async def _push(segments: Segments, centre: Centre, fresh: Cut | None) -> None:
    while segments.waiting:
        before = segments.waiting[0].first
        envelope = await asyncio.to_thread(segments.next_envelope, fresh)
        if envelope is None:
            return
        segments.accepted(await centre.push(envelope))
        if segments.waiting and segments.waiting[0].first == before:
            raise Unavailable("gateway.centre.not_taken_in", first=before)


async def let_go(segments: Segments, centre: Centre, keep_days: int, back: asyncio.Event) -> None:
    """Hand over the newest checkpoint held; learn what signed checkpoints cover; delete what is covered and old.

    Once a minute, and at once when `back` says that the centre was away: it may have lost what we saw signed.
    """
    said = ""
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(back.wait(), COVER_SECONDS)
        back.clear()
        try:
            sent = segments.standing.accepted_through
            answer = await centre.covered(segments.held())
            for path in await asyncio.to_thread(segments.covered, answer, keep_days, sent=sent):
                log.info("trail_deleted", file=path.name)
            said = ""
        except ZampaError as error:
            if error.code != said:
                log.warning("cover_unknown", code=error.code, **_plain(error))
            said = error.code
        await asyncio.sleep(LEAST_SECONDS)


def _plain(error: ZampaError) -> dict[str, object]:
    return {name: value for name, value in error.params.items() if name in ("status", "number", "have", "what")}
