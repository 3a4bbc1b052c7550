"""Takes from a large style sheet only the rules that our templates can use, and only the variables those need.

Tabler's sheet is 635 kB and speaks of hundreds of components; a page of ours may weigh 300 kB in all. A rule
stays when every class of its selector is a word of some template, so a class used for the first time is there
after the next `make setup`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_VARIABLE = re.compile(r"--[\w-]+")
_DEFINED = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
_KEYFRAMES = re.compile(r"@(?:-\w+-)?keyframes\s+([\w-]+)")


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Pairs of prelude and body at the top level; statements without a body (@charset) are left out."""
    start = at = 0
    while at < len(css):
        if css[at] == ";":
            start = at + 1
        elif css[at] == "{":
            end = _closing(css, at)
            yield css[start:at].strip(), css[at + 1 : end]
            at, start = end, end + 1
        at += 1


def _closing(css: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(css)):
        depth += {"{": 1, "}": -1}.get(css[at], 0)
        if depth == 0:
            return at
    raise ValueError("a style sheet whose braces do not close")


def selectors(prelude: str) -> list[str]:
    """A selector list cut at its outer commas."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(prelude):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append(prelude[start:at].strip())
            start = at + 1
    return [*parts, prelude[start:].strip()]


def purge(css: str, used: set[str], refused: tuple[str, ...] = ()) -> str:
    """The rules of `css` whose every class is in `used`; selectors holding one of `refused` go as well."""

    def wanted(selector: str) -> bool:
        return set(CLASS.findall(selector)) <= used and not any(text in selector for text in refused)

    kept = _keep(_COMMENT.sub("", css), wanted)
    names = set(re.findall(r"[\w-]+", " ".join(re.findall(r"animation(?:-name)?:([^;}]+)", kept))))
    return "".join(
        f"{prelude}{{{body}}}"
        for prelude, body in blocks(kept)
        if not (found := _KEYFRAMES.match(prelude)) or found[1] in names
    )


def _keep(css: str, wanted: Callable[[str], bool]) -> str:
    parts = []
    for prelude, body in blocks(css):
        if prelude.startswith(("@media", "@supports", "@layer")):
            inner = _keep(body, wanted)
            if inner:
                parts.append(f"{prelude}{{{inner}}}")
        elif prelude.startswith("@"):
            parts.append(f"{prelude}{{{body}}}")
        else:
            chosen = [selector for selector in selectors(prelude) if wanted(selector)]
            if chosen:
                parts.append(f"{','.join(chosen)}{{{body}}}")
    return "".join(parts)


def drop_variables(css: str, also_used: str = "") -> str:
    """Leave out definitions of variables that nothing reads, neither here nor in the text `also_used`."""
    while True:
        read = set(re.findall(r"var\(\s*(--[\w-]+)", css + also_used))
        idle = set(_DEFINED.findall(css)) - read
        if not idle:
            return css
        names = "|".join(sorted(map(re.escape, idle), key=len, reverse=True))
        css = re.sub(rf"(?<![\w-])(?:{names})\s*:[^;{{}}]*(?:;|(?=\}}))", "", css)
        css = re.sub(r"[^{}]+\{\}", "", css)
