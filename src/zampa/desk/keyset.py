"""Pages by key: "the 50 after this row", whatever arrived meanwhile. Nulls come last in both directions."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass
class Page(Generic[M]):
    """`after` and `before` are the keys of the next and the previous page, empty where there is none."""

    rows: list[M]
    after: str = ""
    before: str = ""


def ordered(queryset: QuerySet[M], sort: str, *, backwards: bool = False) -> QuerySet[M]:
    """By `sort` ("path" or "-path"), then by primary key in the same direction."""
    down = sort.startswith("-") != backwards
    path = sort.lstrip("-")
    if path in {"pk", "id"}:
        return queryset.order_by("-pk" if down else "pk")
    by = F(path)
    # Only where nulls can occur: a plain order can be read off an index.
    nulls = {"nulls_first" if backwards else "nulls_last": True} if _nullable(queryset, path) else {}
    return queryset.order_by(by.desc(**nulls) if down else by.asc(**nulls), "-pk" if down else "pk")


def page(queryset: QuerySet[M], sort: str, size: int, after: str = "", before: str = "") -> Page[M]:
    """One page of at most `size`; a key that cannot be read starts at the beginning."""
    key = _read(after or before, queryset, sort)
    backwards = bool(before and not after and key is not None)
    rows = ordered(queryset, sort, backwards=backwards)
    if key is not None:
        rows = rows.filter(_beyond(sort, *key, backwards=backwards))
    taken = list(rows[: size + 1])
    more = len(taken) > size
    taken = taken[:size]
    if backwards:
        taken.reverse()
    result = Page(taken)
    if taken and (more or backwards):
        result.after = _write(taken[-1], sort)
    if taken and ((key is not None and not backwards) or (backwards and more)):
        result.before = _write(taken[0], sort)
    return result


def _beyond(sort: str, value: Any, pk: Any, *, backwards: bool) -> Q:
    """Rows strictly beyond the key in reading direction."""
    down = sort.startswith("-") != backwards
    path = sort.lstrip("-")
    step = "lt" if down else "gt"
    if path in {"pk", "id"}:
        return Q(**{f"pk__{step}": pk})
    same_pk = Q(**{f"pk__{step}": pk})
    if value is None:
        nulls = Q(**{f"{path}__isnull": True}) & same_pk
        return nulls | Q(**{f"{path}__isnull": False}) if backwards else nulls
    beyond = Q(**{f"{path}__{step}": value}) | (Q(**{path: value}) & same_pk)
    return beyond if backwards else beyond | Q(**{f"{path}__isnull": True})


def _value(row: Any, path: str) -> Any:
    if hasattr(row, path):
        return getattr(row, path)
    for name in path.split("__"):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


def _write(row: Model, sort: str) -> str:
    path = sort.lstrip("-")
    pair = [None if path in {"pk", "id"} else _value(row, path), row.pk]
    if isinstance(pair[0], Model):
        pair[0] = pair[0].pk
    text = json.dumps(pair, cls=_Exact, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


class _Exact(DjangoJSONEncoder):
    """Django's encoder cuts microseconds off; a key that lost them would show rows twice."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _read(key: str, queryset: QuerySet[M], sort: str) -> tuple[Any, Any] | None:
    if not key:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        path = sort.lstrip("-")
        if path not in {"pk", "id"} and value is not None:
            value = _field(queryset, path).to_python(value)
        return value, queryset.model._meta.pk.to_python(pk)
    except (ValueError, TypeError, binascii.Error, ValidationError, FieldDoesNotExist):
        return None


def _nullable(queryset: QuerySet[M], path: str) -> bool:
    if path in queryset.query.annotations:
        return True
    model: Any = queryset.model
    for name in path.split("__"):
        field = model._meta.get_field(name)
        if field.null:
            return True
        model = field.related_model
    return False


def _field(queryset: QuerySet[M], path: str) -> Field[Any, Any]:
    annotation = queryset.query.annotations.get(path)
    if annotation is not None:
        return annotation.output_field
    model: Any = queryset.model
    found: Any = None
    for name in path.split("__"):
        found = model._meta.get_field(name)
        model = found.related_model
    target: Field[Any, Any] = found.target_field if found.is_relation else found
    return target
