"""People and powers as JSON. What the pages can do, by the same acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zampa.contracts.actors import Actor, Post
from zampa.desk.wording import text_of
from zampa.ground.clock import utc_now
from zampa.identity import acts, queries
from zampa.identity.models import ConsumerKey, Department, Message, Person, Region

router = Router(tags=["identity"])


class Asked(HttpRequest):
    """A request behind the API's guard."""

    actor: Actor


class Me(Schema):
    id: str
    name: str
    department: str
    department_name: str
    posts: list[str]
    governs: list[str]
    deputy_for: str


class RegionOut(Schema):
    code: str
    name: str
    name_bo: str
    name_bo_reviewed: bool
    level: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None

    @staticmethod
    def resolve_parent(row: Region) -> str | None:
        return row.parent_id


class DepartmentOut(Schema):
    id: UUID
    code: str
    name: str
    short_name: str
    name_bo: str
    region: str
    parent: UUID | None
    governs: bool
    closed_at: datetime | None

    @staticmethod
    def resolve_region(row: Department) -> str:
        return row.region_id

    @staticmethod
    def resolve_parent(row: Department) -> UUID | None:
        return row.parent_id


class DepartmentIn(Schema):
    code: str
    name: str
    region_code: str
    short_name: str = ""
    name_bo: str = ""
    parent_id: UUID | None = None
    governs: bool = False


class PersonOut(Schema):
    id: UUID
    username: str
    name: str
    name_bo: str
    department: UUID | None
    is_active: bool
    posts: list[str]

    @staticmethod
    def resolve_department(row: Person) -> UUID | None:
        return row.department_id

    @staticmethod
    def resolve_posts(row: Person) -> list[str]:
        return [holding.post for holding in row.open_holdings]  # type: ignore[attr-defined]


class PersonIn(Schema):
    username: str
    name: str
    name_bo: str = ""
    email: str = ""
    department_id: UUID | None = None


class PostIn(Schema):
    post: str


class Reason(Schema):
    reason: str


class KeyOut(Schema):
    id: UUID
    system_id: UUID
    system_name: str
    department: UUID
    algorithm: str
    not_after: datetime
    created_at: datetime
    revoked_at: datetime | None
    revoke_reason: str
    state: str

    @staticmethod
    def resolve_department(row: ConsumerKey) -> UUID:
        return row.department_id

    @staticmethod
    def resolve_state(row: ConsumerKey) -> str:
        return row.state_at(utc_now())


class MessageOut(Schema):
    id: UUID
    code: str
    params: dict[str, object]
    text: str
    subject_kind: str
    subject_id: str
    subject_name: str
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_text(row: Message) -> str:
        return text_of(row.code, row.params)


class Regions(Schema):
    items: list[RegionOut]
    next: str


class Departments(Schema):
    items: list[DepartmentOut]
    next: str


class People(Schema):
    items: list[PersonOut]
    next: str


class Keys(Schema):
    items: list[KeyOut]
    next: str


class Messages(Schema):
    items: list[MessageOut]
    next: str
    unread: int


@router.get("/me", response=Me)
def me(request: Asked) -> dict[str, object]:
    """Who the caller is and which posts they hold."""
    actor = request.actor
    return {
        "id": actor.id,
        "name": actor.name,
        "department": actor.department,
        "department_name": actor.department_name,
        "posts": sorted(actor.posts),
        "governs": sorted(actor.governs),
        "deputy_for": actor.deputy_for,
    }


@router.get("/regions", response=Regions)
def regions(request: Asked, on: date | None = None, after: str = "", limit: int = 50) -> dict[str, object]:
    """Divisions; `on` keeps those in force on that day."""
    rows = queries.regions_on(request.actor, on) if on else queries.regions(request.actor)
    items, more = queries.page(rows, after, limit)
    return {"items": items, "next": more}


@router.get("/departments", response=Departments)
def departments(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = queries.page(queries.departments(request.actor), after, limit)
    return {"items": items, "next": more}


@router.post("/departments", response={201: DepartmentOut})
def register_department(request: Asked, given: DepartmentIn) -> Department:
    return acts.register_department(by=request.actor, **given.dict())


@router.get("/departments/{department_id}", response=DepartmentOut)
def department(request: Asked, department_id: UUID) -> Department:
    return queries.department(request.actor, department_id)


@router.get("/people", response=People)
def people(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = queries.page(queries.with_posts(queries.people(request.actor)), after, limit)
    return {"items": items, "next": more}


@router.post("/people", response={201: PersonOut})
def register_person(request: Asked, given: PersonIn) -> Person:
    person = acts.register_person(by=request.actor, **given.dict())
    return _person(request, person.pk)


@router.get("/people/{person_id}", response=PersonOut)
def person(request: Asked, person_id: UUID) -> Person:
    return _person(request, person_id)


def _person(request: Asked, person_id: UUID) -> Person:
    return queries.one(queries.with_posts(queries.people(request.actor)), person_id, "identity.person.not_found")


@router.post("/people/{person_id}/posts", response={201: PersonOut})
def assign_post(request: Asked, person_id: UUID, given: PostIn) -> Person:
    acts.assign_post(by=request.actor, person_id=person_id, post=cast(Post, given.post))
    return _person(request, person_id)


@router.post("/people/{person_id}/posts/{post}/end", response=PersonOut)
def end_post(request: Asked, person_id: UUID, post: str, given: Reason) -> Person:
    acts.end_post(by=request.actor, person_id=person_id, post=cast(Post, post), reason=given.reason)
    return _person(request, person_id)


@router.get("/keys", response=Keys)
def keys(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = queries.page(queries.keys(request.actor), after, limit)
    return {"items": items, "next": more}


@router.get("/keys/{key_id}", response=KeyOut)
def key(request: Asked, key_id: UUID) -> ConsumerKey:
    return queries.key(request.actor, key_id)


@router.post("/keys/{key_id}/revoke", response=KeyOut)
def revoke_key(request: Asked, key_id: UUID, given: Reason) -> ConsumerKey:
    return acts.revoke_key(by=request.actor, key_id=key_id, reason=given.reason)


@router.get("/messages", response=Messages)
def messages(request: Asked, after: str = "", limit: int = 50) -> dict[str, object]:
    items, more = queries.page(queries.messages(request.actor), after, limit)
    return {"items": items, "next": more, "unread": queries.unread(request.actor)}


@router.post("/messages/read", response={200: dict[str, int]})
def read_messages(request: Asked) -> dict[str, int]:
    """Marks all of one's own messages read."""
    return {"read": acts.read_messages(by=request.actor)}
