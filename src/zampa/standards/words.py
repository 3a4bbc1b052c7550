"""How an element's length and value domain are written."""

from __future__ import annotations

from django.utils.translation import gettext as now_text

from zampa.standards.models import Element


def length_of(row: Element) -> str:
    """As the standards write it: 18, 1..100, 12,2."""
    if row.precision:
        return f"{row.precision},{row.scale or 0}"
    if not row.length:
        return "—"
    return str(row.length) if row.min_length == row.length else f"{row.min_length or 1}..{row.length}"


def domain_of(row: Element) -> str:
    """The value domain in a few words: the list's name, the range, the pattern, or the kind of number."""
    if row.domain == Element.Domain.LIST and row.code_list is not None:
        return row.code_list.name
    if row.domain == Element.Domain.RANGE:
        return now_text("%(low)s 至 %(high)s") % {"low": row.low or "…", "high": row.high or "…"}
    if row.domain == Element.Domain.PATTERN:
        return row.pattern
    return str(row.get_domain_display())
