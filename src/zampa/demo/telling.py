"""How the story is told: a line a step with the time so far, in Chinese or in English by the terminal's LANG."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
STARTED = time.monotonic()
CHINESE = not os.environ.get("LANG", "zh").lower().startswith(("en", "c", "posix"))
PATIENCE = 30.0


def said(chinese: str, english: str) -> str:
    return chinese if CHINESE else english


def chapter(chinese: str, english: str) -> None:
    print(f"\n{said(chinese, english)}", flush=True)


def tell(chinese: str, english: str) -> None:
    """One step that has happened."""
    print(f"  {time.monotonic() - STARTED:5.1f}s  {said(chinese, english)}", flush=True)


class StoryBroken(Exception):
    """The story did not go as told: the demo ends with what was expected and what was found."""


def expect(found: object, wanted: object, what: str) -> None:
    """The story is checked as it is told; a demo that only prints proves nothing."""
    if found != wanted:
        raise StoryBroken(f"{what}: expected {wanted!r}, found {found!r}")


def wait_until(look: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """What `look` gives as soon as it gives something; StoryBroken after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise StoryBroken(f"{what}: nothing after {seconds:.0f} s")
        time.sleep(0.1)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
