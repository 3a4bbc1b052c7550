"""Why a call is refused: a spelled code, a status, and a reason in the caller's language (RFC 9457 problems)."""

from __future__ import annotations

import msgspec

from zampa.gateway.reasons import LANGUAGES, REASONS


class Refusal(Exception):
    """A call that is not answered with data. `outcome` as contracts.calls.Outcome."""

    def __init__(self, code: str, *, outcome: str = "", status: int = 0, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.status = status or REASONS[code][0]
        self.outcome = outcome or ("provider_failed" if code.startswith("gateway.provider.") else "refused")


def language_of(header: str, default: str) -> str:
    """The first of zh, bo and en that Accept-Language names (its order, weights left aside)."""
    for part in header.split(","):
        tag = part.split(";", 1)[0].strip().lower().split("-", 1)[0]
        if tag in LANGUAGES:
            return tag
    return default


def problem(refusal: Refusal, language: str, call: str) -> bytes:
    """The problem document: its type is the code, its title the reason."""
    text = str(REASONS[refusal.code][LANGUAGES[language]]).format(**refusal.params)
    return msgspec.json.encode(
        {
            **refusal.params, "type": f"urn:zampa:problem:{refusal.code}", "title": text, "status": refusal.status,
            "code": refusal.code, "call": call,
        }
    )


def place_of(error: BaseException) -> str:
    """File and line of an error, never its text: that may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""


