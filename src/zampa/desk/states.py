"""States: their word and their tone. Colour never carries meaning alone, so a tone always comes with its word."""

from __future__ import annotations

from django.db.models import Model

from zampa.desk.wording import has_text, text_of

TONES = {
    "wait": {
        "submitted", "waiting", "applied", "open", "changing", "returned", "signed", "reviewing", "overdue_soon",
        "stale", "paused", "proposed",
    },
    "live": {
        "live", "published", "granted", "approved", "done", "delivered", "active", "met", "yes", "right", "in_force",
    },
    "busy": {"running", "sending"},
    "bad": {"broken", "refused", "failed", "revoked", "expired", "late", "no", "wrong", "suspended"},
}
_TONE = {word: tone for tone, words in TONES.items() for word in words}


def state_word(value: object, of: str = "") -> str:
    """The word of a state: a model row's own display, else `<of>.state.<value>`, else the shared word."""
    if isinstance(value, Model):
        shown = getattr(value, "get_state_display", None)
        return str(shown()) if shown is not None else state_word(getattr(value, "state", ""), of)
    label = getattr(value, "label", None)
    if label is not None:
        return str(label)
    for code in (f"{of}.state.{value}", f"desk.state.{value}"):
        if has_text(code):
            return text_of(code)
    return str(value)


def state_tone(value: object) -> str:
    """wait, live, busy, bad or quiet."""
    if isinstance(value, Model):
        value = getattr(value, "state", "")
    name = str(getattr(value, "value", value))
    last = name.rsplit("_", 1)[-1]
    return _TONE.get(name) or _TONE.get(last) or ("wait" if name.startswith("waiting") else "quiet")
