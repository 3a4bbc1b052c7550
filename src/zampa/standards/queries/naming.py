"""Elements as the rules of naming and conformance see them."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from django.db.models import Count, Max, Sum

from zampa.contracts.actors import Actor
from zampa.contracts.quality import Rule
from zampa.standards.models import CodeValue, Element, Synonym
from zampa.standards.rules import quality
from zampa.standards.rules.conformance import Asked
from zampa.standards.rules.naming import Index, Known, Suggested, Word, suggest_elements

_lock = Lock()
_built: dict[str, tuple[tuple[object, ...], Index]] = {}


def naming_index() -> Index:
    """The words of every element in force; kept by this process until an element or a synonym changes."""
    elements = Element.objects.filter(state=Element.State.IN_FORCE)
    words = Synonym.objects.filter(element__state=Element.State.IN_FORCE)
    mark = (
        *elements.aggregate(n=Count("pk"), at=Max("updated_at")).values(),
        *words.aggregate(n=Count("pk"), at=Max("noted_at"), times=Sum("times")).values(),
    )
    with _lock:
        held = _built.get("index")
        if held is None or held[0] != mark:
            _built["index"] = held = (mark, Index(_known()))
        return held[1]


def _known() -> Iterable[Known]:
    words: dict[object, list[Word]] = {}
    for row in Synonym.objects.filter(element__state=Element.State.IN_FORCE).iterator(2000):
        kind = "column" if row.kind == Synonym.Kind.COLUMN else "learned" if row.learned else "synonym"
        words.setdefault(row.element_id, []).append(Word(row.word, kind))
    for one in Element.objects.filter(state=Element.State.IN_FORCE).order_by("number").iterator(2000):
        yield Known(
            number=one.number, name=one.name, type=one.type, key=one.name_key, symbol=one.symbol,
            owner=str(one.department_id or ""), words=tuple(words.get(one.pk, ())),
        )  # fmt: skip


def suggested(
    actor: Actor, *, name: str, column: str = "", comment: str = "", type: str = "", most: int = 5
) -> list[Suggested]:
    """Elements this item may mean, the region's and those of the actor's own department, best first."""
    return suggest_elements(
        naming_index(), name=name, column=column, comment=comment, type=type, owner=actor.department, most=most
    )


def numbers_known(numbers: Iterable[str], department: str) -> set[str]:
    """Which of these an item of that department may be bound to: the region's elements and its own, in force or
    replaced since."""
    wanted = {number for number in numbers if number}
    if not wanted:
        return set()
    rows = Element.objects.filter(number__in=wanted, state__in=("in_force", "replaced", "abolished"))
    found = rows.values_list("number", "department_id")
    return {number for number, owner in found if owner is None or str(owner) == department}


def rules_of(numbers: Iterable[str]) -> dict[str, tuple[Rule, ...]]:
    """The quality rules every item of these elements inherits, by the element's number: what length and value domain
    call for, then what was stated. Their `field` is empty: the item's name goes there."""
    wanted = {number for number in numbers if number}
    rows = Element.objects.filter(number__in=wanted).select_related("code_list").prefetch_related("rules")
    return {
        row.number: quality.whole(
            row, row.code_list.code if row.code_list else "", (one.spec for one in row.rules.all())
        )
        for row in rows
    }


def asked_of(numbers: Iterable[str]) -> dict[str, Asked]:
    """What these elements ask of their items, by number."""
    wanted = {number for number in numbers if number}
    rows = list(Element.objects.filter(number__in=wanted).select_related("code_list")) if wanted else []
    lists = {row.code_list_id for row in rows if row.code_list_id and row.domain == Element.Domain.LIST}
    codes: dict[object, set[str]] = {}
    for held, code in CodeValue.objects.filter(code_list__in=lists).values_list("code_list_id", "code"):
        codes.setdefault(held, set()).add(code)
    names: dict[object, list[str]] = {}
    for key, word in Synonym.objects.filter(element__in=rows, kind=Synonym.Kind.NAME, learned=False).values_list(
        "element_id", "word"
    ):
        names.setdefault(key, []).append(word)
    return {
        row.number: Asked(
            number=row.number, name=row.name, type=row.type, names=tuple(names.get(row.pk, ())), length=row.length,
            precision=row.precision, scale=row.scale, domain=row.domain, pattern=row.pattern, low=row.low,
            high=row.high, sensitivity=row.sensitivity, state=row.state,
            list_name=row.code_list.name if row.code_list else "",
            codes=frozenset(codes.get(row.code_list_id, ())),
        )
        for row in rows
    }  # fmt: skip
