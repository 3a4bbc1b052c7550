"""Questions about standards. What is in force is everybody's to read; drafts and proposals are their makers' and the
authority's."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from zampa.contracts.actors import Actor
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import NotFound
from zampa.identity import queries as people
from zampa.standards.models import CodeList, CodeValue, Document, Element
from zampa.standards.rules.access import OPEN_TO_ALL


def _readable(actor: Actor) -> Q:
    """What is or was in force, one's own department's, and for whoever keeps the region's standards everything."""
    if actor.kind == "system" or actor.holds("authority", "audit_admin"):
        return Q()
    seen = Q(state__in=OPEN_TO_ALL)
    return seen | Q(department_id=actor.department) if actor.department else seen


def documents(actor: Actor) -> QuerySet[Document]:
    return Document.objects.filter(_readable(actor)).select_related("department", "replaces")


def document(actor: Actor, document_id: UUID | str) -> Document:
    return people.one(documents(actor), document_id, "standards.document.not_found")


def elements(actor: Actor) -> QuerySet[Element]:
    return Element.objects.filter(_readable(actor)).select_related("department", "code_list", "document")


def element(actor: Actor, element_id: UUID | str) -> Element:
    return people.one(elements(actor), element_id, "standards.element.not_found")


def elements_in_force(actor: Actor) -> QuerySet[Element]:
    """Elements an item may be bound to: the region's and those of one's own department."""
    own = Q(department=None) | (Q(department_id=actor.department) if actor.department else Q(pk=None))
    rows = elements(actor).filter(state=Element.State.IN_FORCE)
    return rows if actor.kind == "system" else rows.filter(own)


def code_lists(actor: Actor) -> QuerySet[CodeList]:
    return CodeList.objects.filter(_readable(actor)).select_related("department", "document")


def code_list(actor: Actor, list_id: UUID | str) -> CodeList:
    return people.one(code_lists(actor), list_id, "standards.list.not_found")


def code_list_named(actor: Actor, code: str) -> CodeList:
    """The list of that short name ("regions"), as the API and other rooms call it."""
    found = code_lists(actor).filter(code=code).first()
    if found is None:
        raise NotFound("standards.list.not_found")
    return found


def valid_on(day: date) -> Q:
    """Values valid on that day."""
    began = Q(valid_from=None) | Q(valid_from__lte=day)
    return began & (Q(valid_to=None) | Q(valid_to__gt=day))


def values_of(list_id: UUID | str, day: date | None = None) -> QuerySet[CodeValue]:
    """A list's values on a day (today when none is given), in the list's order."""
    return CodeValue.objects.filter(valid_on(day or today()), code_list_id=UUID(str(list_id)))


def all_values_of(list_id: UUID | str) -> QuerySet[CodeValue]:
    """A list's values of every time."""
    return CodeValue.objects.filter(code_list_id=UUID(str(list_id)))


def value_at(list_id: UUID | str, code: str, day: date | None = None) -> CodeValue | None:
    """What a code meant on a day."""
    return values_of(list_id, day).filter(code=code).first()


def above(list_id: UUID | str, code: str, day: date | None = None) -> list[CodeValue]:
    """A value and those it lies below, the uppermost first."""
    found: list[CodeValue] = []
    while code and len(found) < 12:
        rows = all_values_of(list_id).filter(code=code)
        row = rows.filter(valid_on(day or today())).first() or rows.first()
        if row is None:
            break
        found.insert(0, row)
        code = row.parent
    return found


def codes_of(list_id: UUID | str, day: date | None = None) -> list[str]:
    """The codes valid on a day, for a rule that allows no others."""
    return list(values_of(list_id, day).values_list("code", flat=True))


def today() -> date:
    return local_date(utc_now())


def element_numbered(actor: Actor, number: str) -> Element:
    found = elements(actor).filter(number=number).first()
    if found is None:
        raise NotFound("standards.element.not_found")
    return found
