import asyncio
import signal
import threading
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from zampa.catalogue.search import following
from zampa.ledger import sequencer

AGAIN_SECONDS = 1.0

class Command(BaseCommand):
    help = "Run jobs and deadlines, and put the ledger's records in order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4)
        parser.add_argument("--once", action="store_true", help="end when no job is waiting")

    def handle(self, *args: Any, **given: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        ordering = threading.Thread(target=sequencer.run_forever, args=(stop,), name="sequencer")
        ordering.start()
        indexing = threading.Thread(target=following.run_forever, args=(stop,), name="index")
        indexing.start()
        try:
            while True:
                # The library's worker ends when the database goes away; jobs and sequencer wait for it to come back.
                with suppress(ConnectorException):
                    asyncio.run(self._work(int(given["concurrency"]), bool(given["once"]), stop))
                if given["once"] or stop.wait(AGAIN_SECONDS):
                    break
        finally:
            stop.set()
            ordering.join(timeout=20)
            indexing.join(timeout=20)

    async def _work(self, concurrency: int, once: bool, stop: threading.Event) -> None:
        connector: Any = app.connector  # Django's, which knows the worker's own kind
        with app.replace_connector(connector.get_worker_connector()) as jobs:
            async with jobs.open_async():
                work = asyncio.create_task(
                    jobs.run_worker_async(
                        concurrency=concurrency,
                        wait=not once,
                        install_signal_handlers=False,
                        delete_jobs="successful",
                        fetch_job_polling_interval=1.0,
                        shutdown_graceful_timeout=15,
                    )
                )
                while not work.done() and not stop.is_set():
                    await asyncio.sleep(0.2)
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
