"""Putting an answer on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator

from zampa.gateway.asked import Asked, Buffered, Streamed

CHUNK = 64 << 10


async def send_whole(
    asked: Asked, status: int, body: bytes, content_type: str = "application/problem+json",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """One answer held whole; a HEAD answer and those without a body send none."""
    found = list(headers or ())
    if content_type:
        found.append((b"content-type", content_type.encode()))
    found.append((b"content-length", str(len(body)).encode()))
    if asked.respond is not None and asked.respond(status, found, body):
        return
    await asked.send({"type": "http.response.start", "status": status, "headers": found})
    await asked.send({"type": "http.response.body", "body": body})


def started(answer: Buffered) -> Streamed:
    """A held answer that is too long for one record, as a stream."""
    return Streamed(
        answer.status, _pieces(answer.body), answer.headers, answer.content_type, len(answer.body),
        count=lambda: answer.rows,
    )


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


async def consumer_left(asked: Asked) -> None:
    """Done when the consumer's connection is gone; sending to it raises nothing."""
    while (await asked.receive())["type"] != "http.disconnect":
        pass
