"""The tags every template knows without loading: icons, states, clocks, progress, figures, bars, fields, slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms, template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zampa.desk import formats
from zampa.desk.states import state_tone, state_word
from zampa.desk.wording import text_of
from zampa.ground.clock import local_date, utc_now

register = template.Library()
register.filter("num", formats.number)
register.filter("short", formats.short)
register.filter("bytes", formats.size)
register.filter("day", formats.day)
register.filter("moment", formats.moment)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with a label it is a picture, else decoration beside its word."""
    url = static("zampa/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, url, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', url, name)


@register.simple_tag
def state(value: object, of: str = "", tone: str = "") -> SafeString:
    """A state as a coloured word. `value`: a row with `state`, a member of Choices or a plain word; see desk.states."""
    return format_html('<span class="tag {}">{}</span>', tone or state_tone(value), state_word(value, of))


def days_left(clock: Any) -> int:
    """Working days to go: the clock's own count where it has one, else as ZAMPA_DAYS_LEFT counts (room above)."""
    own = getattr(clock, "days_left", None)
    if own is None:
        own = import_string(settings.ZAMPA_DAYS_LEFT)(clock)
    return int(own() if callable(own) else own)


@register.inclusion_tag("desk/parts/clock.html")
def clock(clock: Any, short: bool = False) -> dict[str, Any]:
    """ "3 working days left, due 2026-12-11", or that it is met, paused or late; nothing without a clock.

    A due moment is 24:00 of its last day, so the day shown is the one before midnight.
    """
    if clock is None or getattr(clock, "due", None) is None:
        return {"none": True, "short": short}
    due = local_date(clock.due - timedelta(seconds=1))
    left = days_left(clock)
    return {
        "met": getattr(clock, "met_at", None),
        "paused": getattr(clock, "paused_at", None),
        "left": left,
        "late": -left,
        "today": left == 0 and due >= local_date(utc_now()),
        "over": left < 0 or due < local_date(utc_now()),
        "due": due,
        "short": short,
    }


@register.inclusion_tag("desk/parts/path.html")
def path(steps: Iterable[Any]) -> dict[str, Any]:
    """The progress line: steps with label, note and status (done, now, todo, bad)."""
    return {"steps": steps}


@register.inclusion_tag("desk/parts/figure.html")
def figure(label: str, value: object, note: str = "", tone: str = "", url: str = "", unit: str = "") -> dict[str, Any]:
    """One figure of a dashboard; it links to the list behind it. tone: up, down or nothing."""
    return {"label": label, "value": value, "note": note, "tone": tone, "url": url, "unit": unit}


@register.inclusion_tag("desk/parts/bars.html")
def bars(rows: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Horizontal bars: rows with label, share (0 to 100), text, tone (lag, late, good or nothing), url."""
    return {"rows": rows, "label": label}


@register.inclusion_tag("desk/parts/progress.html")
def progress(done: int, whole: int, label: str = "") -> dict[str, Any]:
    """A bar of something running, with its share in words."""
    share = min(100, round(100 * done / whole)) if whole else 0
    return {"done": done, "whole": whole, "share": share, "label": label}


@register.inclusion_tag("desk/parts/spark.html")
def spark(values: Sequence[float], label: str) -> dict[str, Any]:
    """A small line of a series over time; `label` says what it shows."""
    top, bottom = max([*values, 1]), min([*values, 0])
    span = (top - bottom) or 1
    step = 260 / max(len(values) - 1, 1)
    points = " ".join(f"{round(i * step, 1)},{round(44 - 40 * (v - bottom) / span, 1)}" for i, v in enumerate(values))
    return {"points": points, "label": label}


@register.inclusion_tag("desk/parts/empty.html")
def empty(text: str, action: str = "", url: str = "", icon: str = "mood-empty") -> dict[str, Any]:
    """Why nothing is here and what to do."""
    return {"text": text, "action": action, "url": url, "icon": icon}


@register.inclusion_tag("desk/parts/fields.html")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """All fields of a form with labels, help and errors, and the count of errors on top."""
    return {"form": form}


@register.inclusion_tag("desk/parts/faults.html")
def faults(form: forms.BaseForm) -> dict[str, Any]:
    """Only the line at the top: how many things are wrong, and what belongs to no field."""
    return {"form": form, "count": sum(len(errors) for errors in form.errors.values()) if form.is_bound else 0}


@register.inclusion_tag("desk/parts/field.html")
def field(bound: forms.BoundField) -> dict[str, Any]:
    """One field with its label, help and errors."""
    widget = bound.field.widget
    many = isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    return {"field": bound, "many": many, "tick": isinstance(widget, forms.CheckboxInput)}


@register.filter
def text(code: str, params: dict[str, object] | None = None) -> str:
    """{{ error_code|text:params }}: a code as its sentence."""
    return text_of(code, params)


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, *args: Any) -> str:
    """A place a higher room may fill; empty when nobody does. The entrance maps names to partials."""
    filler = import_string(settings.ZAMPA_SLOTS)
    return str(filler(context.get("request"), name, *args))


@register.simple_tag(takes_context=True)
def trail(context: template.Context, subject_kind: str, subject_id: object) -> str:
    """The acts about a subject, newest first, each with its ledger number."""
    return slot(context, "trail", subject_kind, str(subject_id))


@register.simple_tag
def address(name: str, *args: Any) -> str:
    """The address of a page, or nothing when that room is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("desk/parts/cell.html")
def cell(column: Any, value: object, link: str = "") -> dict[str, Any]:
    """One cell of a list, formatted by its column's kind."""
    return {"column": column, "value": value, "link": link, "kind": column.kind, "blank": value is None or value == ""}


@register.filter
def fault_count(form: forms.BaseForm) -> str:
    """ "2 places need a change", in the reader's language."""
    count = sum(len(errors) for errors in form.errors.values())
    return text_of("desk.form.one_fault") if count == 1 else text_of("desk.form.faults", {"count": count})


@register.filter
def yes_no(value: object) -> str:
    return _("是") if value else _("否")
