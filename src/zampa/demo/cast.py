"""Who takes part: five departments and an authority, their people with posts, the three administrators."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from stdnum.cn import uscc

from zampa.contracts.actors import SYSTEM, Actor, Post
from zampa.identity import acts, queries
from zampa.identity.models import Department, Person

REGION = "540000"
DEPARTMENTS = (
    # key, name, short name, Tibetan name, body of its made-up credit code, authority
    ("authority", "政务数据共享主管部门", "共享主管", "གྲངས་གཞི་མཉམ་སྤྱོད་དོ་དམ་སྡེ་ཁག", "900000001", True),
    ("civil", "民政厅", "民政", "དམངས་སྲིད་ཐིང་།", "900000002", False),
    ("weather", "气象局", "气象", "གནམ་གཤིས་ཅུས།", "900000003", False),
    ("police", "公安厅", "公安", "སྤྱི་བདེ་ཐིང་།", "900000004", False),
    ("statistics", "统计局", "统计", "བསྡོམས་རྩིས་ཅུས།", "900000005", False),
    ("social", "人力资源和社会保障厅", "人社", "མི་ཤུགས་ཐོན་ཁུངས་དང་སྤྱི་ཚོགས་འགན་སྲུང་ཐིང་།", "900000006", False),
)
POSTS: tuple[tuple[str, Post, str], ...] = (
    ("editor", "editor", "编目员"),
    ("office", "sharing_head", "共享办负责人"),
    ("head", "department_head", "部门负责人"),
)
NAMES = (
    "次仁",
    "旺堆",
    "达瓦",
    "卓玛",
    "扎西",
    "央金",
    "尼玛",
    "白玛",
    "洛桑",
    "德吉",
    "格桑",
    "平措",
    "拉姆",
    "索朗",
    "边巴",
    "普布",
    "米玛",
    "巴桑",
    "强巴",
    "曲珍",
    "丹增",
    "仁青",
    "旦增",
    "群培",
)
# Whose log-in is printed; the others stay invited, as people do who have not come yet.
LOG_INS = (
    "police.office",
    "police.editor",
    "social.editor",
    "social.office",
    "statistics.editor",
    "authority.officer",
    "audit_admin",
)
ADMINISTRATORS: tuple[Post, ...] = ("system_admin", "security_admin", "audit_admin")


@dataclass
class Cast:
    """Departments and actors by key: `actors["civil.editor"]`; everybody has the same password, made for this demo."""

    password: str = field(default_factory=lambda: f"bridge-{secrets.token_hex(4)}")
    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        return queries.actor_of(self.people[key])


def credit_code(body: str) -> str:
    """A made-up credit code that is well formed (GB 32100): a state organ of the region."""
    first = f"11{REGION}{body}"
    return first + uscc.calc_check_digit(first)


def enter_cast() -> Cast:
    """Register everybody by the same acts that the pages call."""
    cast, names = Cast(), iter(NAMES)
    for key, name, short, name_bo, body, governs in DEPARTMENTS:
        cast.departments[key] = acts.register_department(
            by=SYSTEM,
            code=credit_code(body),
            name=name,
            short_name=short,
            name_bo=name_bo,
            region_code=REGION,
            governs=governs,
        )
        roles = POSTS if key != "authority" else (*POSTS, ("officer", "authority", "主管部门审核员"))
        for role, post, _ in roles:
            cast.people[f"{key}.{role}"] = _person(cast, f"{key}.{role}", next(names), cast.departments[key], post)
    for post in ADMINISTRATORS:
        cast.people[post] = _person(cast, post, next(names), None, post)
    return cast


def _person(cast: Cast, key: str, name: str, department: Department | None, post: Post) -> Person:
    username = key.replace(".", "-").replace("_", "-")
    person = acts.register_person(
        by=SYSTEM, username=username, name=name, department_id=department.pk if department else None
    )
    acts.assign_post(by=SYSTEM, person_id=person.pk, post=post)
    if key not in LOG_INS:
        return person
    return acts.accept_invitation(secret=acts.invite_person(by=SYSTEM, person_id=person.pk), password=cast.password)
