"""A consumer system at the other end: plain HTTP with a bearer key, as any old system can do it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What a gateway answered: the status, and the JSON of the answer or of the problem."""

    status: int
    body: dict[str, object]

    @property
    def reason(self) -> str:
        """The sentence of a refusal."""
        return str(self.body.get("detail") or self.body.get("title") or "")


@dataclass(frozen=True)
class Consumer:
    """`gateway` as http://host:port, `key` the bearer key that was shown once."""

    gateway: str
    key: str
    language: str = "zh"

    def rows(self, grant: str, **question: str) -> Reply:
        return self._ask(f"/g/{grant}/rows?{urllib.parse.urlencode(question)}")

    def verify(self, grant: str, key: dict[str, str], values: dict[str, str]) -> Reply:
        return self._ask(f"/g/{grant}/verify", json.dumps({"key": key, "values": values}).encode())

    def _ask(self, path: str, body: bytes | None = None) -> Reply:
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.gateway + path, data=body, headers=headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
                return Reply(answer.status, json.loads(answer.read()))
        except urllib.error.HTTPError as refusal:
            return Reply(refusal.code, json.loads(refusal.read() or b"{}"))
