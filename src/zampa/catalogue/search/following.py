"""The index follows the database: a thread in the web and worker processes, one of which writes for its machine.

It asks for changes twice a second, so that what is committed is found within two seconds. It outlives a database that
goes away, a writer in another process that dies, and a copy that is made anew beside it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

from django.db import DatabaseError, close_old_connections, connection

from zampa.catalogue.models import Resource
from zampa.catalogue.search import asking, building, feed
from zampa.ground.errors import Conflict, Unavailable, ZampaError
from zampa.index.copies import Writer
from zampa.index.spelling import warm

POLL = 0.5
TAKEN_AGAIN = 3.0  # seconds until a writer elsewhere is looked at again
SMALL = 20_000  # entries up to which the copy is made here; more take a process of their own
log = logging.getLogger(__name__)


class Follower:
    """Steps of the loop, so that a test can take them one by one."""

    def __init__(self) -> None:
        self.writer: Writer | None = None
        self.mark = 0
        self.compared = False

    def step(self) -> int:
        """Bring the copy up to now; how far the mark moved. Conflict while another process writes."""
        copy = building.here()
        if copy.generation is None:
            self.close()
            _build()
        if self.writer is None or self.writer.folder != copy.generation:
            self.close()
            self.writer = copy.writer()
            self.mark, self.compared = copy.mark(), False
        before = self.mark
        self.mark = building.catch_up(self.writer, self.mark)
        if not self.compared:
            self._compare()
        return self.mark - before

    def _compare(self) -> None:
        """Once after it is opened: a database brought back from an archive is another one, whatever its numbers say."""
        told = building.compare()
        self.compared = told.settled or told.same
        if not told.same and (told.settled or self.mark > feed.number_changes()):
            self.close()
            _build()

    def close(self) -> None:
        """Let go of the copy, so that another may write."""
        writer, self.writer = self.writer, None
        if writer is not None:
            writer.close()


def _build() -> None:
    """The whole copy: here when it is soon done, else beside, so that this process goes on answering."""
    if Resource.objects.all()[:SMALL].count() < SMALL:
        building.rebuild()
        return
    done = subprocess.run(
        [sys.executable, "-m", "zampa.entrance", "index", "rebuild"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Unavailable("index.copy.not_built", said=done.stderr[-300:])


def run_forever(stop: threading.Event) -> None:
    """The loop of a process; ends soon after `stop` is set."""
    follower, said, learnt = Follower(), "", False
    warm()
    while not stop.is_set():
        rest = POLL
        try:
            if follower.step() or not learnt:
                asking.warm()
                learnt = True
            said = ""
        except Conflict:
            asking.warm()  # another process writes; this one answers too
            rest = TAKEN_AGAIN
        except (DatabaseError, ZampaError, OSError, ValueError) as error:  # ValueError is the engine's own
            if str(error) != said:
                log.exception("the index waits")
            said = str(error)
            follower.close()
            rest = TAKEN_AGAIN
        finally:
            close_old_connections()
        stop.wait(rest)
    follower.close()
    connection.close()


def start() -> threading.Event:
    """Follow in a thread of this process; set what is returned to end it."""
    stop = threading.Event()
    threading.Thread(target=run_forever, args=(stop,), name="index", daemon=True).start()
    return stop


def wait_until_current(seconds: float = 10.0) -> None:
    """Until the copy holds what is committed now. Unavailable when it does not in time."""
    end = time.monotonic() + seconds
    newest = feed.number_changes()
    while time.monotonic() < end:
        try:
            if building.here().mark() >= newest:
                return
        except Unavailable:
            pass
        time.sleep(0.02)
    raise Unavailable("index.copy.not_ready")
