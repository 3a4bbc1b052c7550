"""Addresses: one scheme, canonical or refused.

    GET  /g/{grant number}/rows            query API over a granted table
    POST /g/{grant number}/verify          yes or no instead of data
    ANY  /g/{grant number}/pass[/...]      the provider's HTTP service
    GET  /calls/{call}                     the signed closed record of a streamed answer
    GET  /healthz /readyz /metrics

The path is matched as it stood on the wire. Servers and clients disagree about `..`, `//` and `%2f`, and a path that
two programs read differently is how one grant reaches another's data; so such a path is refused, never mended.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from zampa.gateway.refusals import Refusal

Kind = Literal["query", "verify", "pass", "call", "healthz", "readyz", "metrics"]
MAX_PATH = 4096
MAX_QUERY = 16384
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)+")
_QUERY = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
_NUMBER = re.compile(r"[A-Za-z0-9\-]{1,64}")
# an escaped slash, backslash, dot, zero, control character or percent sign changes what a second decoder reads
_ESCAPES = re.compile(r"%(?:2[fF]|5[cC]|2[eE]|25|[01][0-9A-Fa-f]|7[fF])")
_OPEN: dict[str, Kind] = {"/healthz": "healthz", "/readyz": "readyz", "/metrics": "metrics"}
_ACTIONS: dict[str, Kind] = {"rows": "query", "verify": "verify", "pass": "pass"}


class Route(NamedTuple):
    """What is asked for: `target` a grant's number or a call, `rest` what follows `pass`, with its leading slash."""

    kind: Kind
    target: str = ""
    rest: str = ""


def canonical(path: str) -> str:
    """The path itself; Refusal gateway.request.bad_path with the rule it breaks."""
    if len(path) > MAX_PATH:
        raise _bad("too_long")
    if _PATH.fullmatch(path) is None:
        raise _bad("characters")
    if "//" in path:
        raise _bad("empty_segment")
    if "/." in path and any(segment in (".", "..") for segment in path.split("/")):
        raise _bad("dots")
    if "%" in path and _ESCAPES.search(path) is not None:
        raise _bad("escape")
    return path


def canonical_query(query: str) -> str:
    if len(query) > MAX_QUERY or _QUERY.fullmatch(query) is None:
        raise _bad("query")
    return query


def route(path: str) -> Route:
    """Where a canonical path leads; Refusal when nowhere."""
    if path in _OPEN:
        return Route(_OPEN[path])
    parts = path.split("/", 4)
    if len(parts) >= 4 and parts[1] == "g" and _NUMBER.fullmatch(parts[2]) is not None:
        kind = _ACTIONS.get(parts[3])
        rest = "/" + parts[4] if len(parts) == 5 else ""
        if kind is not None and (kind == "pass" or not rest):
            return Route(kind, parts[2], rest)
    elif len(parts) == 3 and parts[1] == "calls" and _NUMBER.fullmatch(parts[2]) is not None:
        return Route("call", parts[2])
    raise Refusal("gateway.request.no_such_address")


def _bad(rule: str) -> Refusal:
    return Refusal("gateway.request.bad_path", rule=rule)
