"""Departments and people for tests, made by the acts themselves. Any room above may use them."""

from __future__ import annotations

from itertools import count

from stdnum.cn import uscc

from zampa.contracts.actors import SYSTEM, Actor, Post
from zampa.identity import acts, queries
from zampa.identity.models import Department, Person

PASSWORD = "bridge-over-kyichu-7"
_number = count(1)


def credit_code(region: str = "540000") -> str:
    """A fresh valid credit code of a state organ."""
    body = f"11{region}{next(_number):09d}"
    return body + uscc.calc_check_digit(body)


def a_department(
    name: str = "公安厅", region: str = "540000", *, governs: bool = False, short_name: str = ""
) -> Department:
    acts.load_packaged_regions(by=SYSTEM)
    return acts.register_department(
        by=SYSTEM, code=credit_code(region), name=name, short_name=short_name, region_code=region, governs=governs
    )


def a_person(department: Department | None, *posts: Post, name: str = "旺堆") -> Person:
    number = next(_number)
    person = acts.register_person(
        by=SYSTEM,
        username=f"person-{number:05d}",
        name=name,
        department_id=department.pk if department else None,
    )
    for post in posts:
        acts.assign_post(by=SYSTEM, person_id=person.pk, post=post)
    return person


def an_actor(department: Department | None, *posts: Post, name: str = "旺堆") -> Actor:
    return queries.actor_of(a_person(department, *posts, name=name))
