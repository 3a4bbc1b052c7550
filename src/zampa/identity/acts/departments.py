"""Regions and departments. Both end, neither is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import divisions, queries, rules
from zampa.identity.events import Event
from zampa.identity.models import Department, Person, Region
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter


@act
def load_regions(*, by: Actor, rows: Iterable[Mapping[str, str]], now: datetime | None = None) -> int:
    """Makes the region table say what `rows` say (columns of data/regions.csv); how many rows were written.

    Rows are checked as a whole first: NotValid names every bad row, and nothing changes.
    """
    rules.may_register(by).require()
    parsed, faults = divisions.parse(rows)
    if faults:
        raise NotValid("identity.region.bad_rows", faults=faults)
    known = set(Region.objects.values_list("code", flat=True))
    homeless = [
        Fault(f"{number}", "identity.region.unknown_parent", {"code": row.code})
        for number, row in enumerate(parsed, start=2)
        if row.parent and row.parent not in known | {other.code for other in parsed}
    ]
    if homeless:
        raise NotValid("identity.region.bad_rows", faults=homeless)
    for row in sorted(parsed, key=lambda row: divisions.LEVELS.index(row.level)):
        Region.objects.update_or_create(
            code=row.code,
            defaults={
                "name": row.name,
                "name_bo": row.name_bo,
                "name_bo_reviewed": row.name_bo_reviewed,
                "name_key": name_key(row.name),
                "level": row.level,
                "parent_id": row.parent or None,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            },
        )
    for row in parsed:
        Region.objects.filter(code=row.code).update(successor_id=row.successor or None)
    enter(
        event=Event.REGIONS_LOADED,
        by=by,
        subject=Subject("identity.region", "all"),
        facts={"rows": len(parsed)},
        at=now,
    )
    return len(parsed)


def load_packaged_regions(*, by: Actor, now: datetime | None = None) -> int:
    """The divisions this package carries, Xizang down to county; 0 when the table already holds them."""
    rows = divisions.packaged()
    if Region.objects.count() >= len(rows):
        return 0
    return load_regions(by=by, rows=rows, now=now)


def _checked(code: str, name: str, region_code: str, now: datetime) -> tuple[str, list[Fault]]:
    compact, faults = rules.credit_code(code)
    faults += rules.text_faults("name", name, 200)
    region = Region.objects.filter(code=region_code).first()
    if region is None or not region.valid_on(_day(now)):
        faults.append(Fault("region_code", "identity.region.unknown", {"code": region_code}))
    return compact, faults


def _day(now: datetime) -> date:
    return now.date()


@act
def register_department(
    *,
    by: Actor,
    code: str,
    name: str,
    region_code: str,
    short_name: str = "",
    name_bo: str = "",
    parent_id: UUID | str | None = None,
    governs: bool = False,
    now: datetime | None = None,
) -> Department:
    """Enters a department under its credit code; `governs` marks it as its region's authority."""
    now = now or utc_now()
    rules.may_register(by).require()
    compact, faults = _checked(code, name, region_code, now)
    if faults:
        raise NotValid("identity.department.not_valid", faults=faults)
    if Department.objects.filter(code=compact).exists():
        raise NotValid("identity.department.not_valid", faults=[Fault("code", "identity.department.code_taken")])
    parent = queries.department(by, parent_id) if parent_id else None
    if governs:
        _one_authority(region_code)
    department = Department.objects.create(
        code=compact,
        name=name.strip(),
        short_name=short_name.strip(),
        name_bo=name_bo.strip(),
        name_key=name_key(name),
        region_id=region_code,
        parent=parent,
        governs=governs,
        created_at=now,
    )
    enter(
        event=Event.DEPARTMENT_REGISTERED,
        by=by,
        subject=subject_of(department),
        parties=[str(department.pk)],
        facts={"code": compact, "region": region_code, "governs": governs},
        at=now,
    )
    return department


@act
def change_department(
    *,
    by: Actor,
    department_id: UUID | str,
    name: str,
    short_name: str = "",
    name_bo: str = "",
    name_bo_reviewed: bool = False,
    governs: bool = False,
    now: datetime | None = None,
) -> Department:
    """Renames a department or moves the authority mark; code and region stay what they were registered as."""
    rules.may_register(by).require()
    department = queries.department(by, department_id)
    faults = rules.text_faults("name", name, 200)
    if faults:
        raise NotValid("identity.department.not_valid", faults=faults)
    if governs and not department.governs:
        _one_authority(department.region_id)
    before = {"name": department.name, "governs": department.governs}
    department.name, department.short_name = name.strip(), short_name.strip()
    department.name_bo, department.name_bo_reviewed = name_bo.strip(), name_bo_reviewed
    department.name_key, department.governs = name_key(name), governs
    department.save()
    enter(
        event=Event.DEPARTMENT_CHANGED,
        by=by,
        subject=subject_of(department),
        parties=[str(department.pk)],
        facts={"before": before, "after": {"name": department.name, "governs": governs}},
        at=now,
    )
    return department


@act
def close_department(*, by: Actor, department_id: UUID | str, reason: str, now: datetime | None = None) -> Department:
    """Ends a department; refused while people still belong to it."""
    now = now or utc_now()
    rules.may_register(by).require()
    department = queries.department(by, department_id)
    if faults := rules.text_faults("reason", reason, 500):
        raise NotValid("identity.department.not_valid", faults=faults)
    if Person.objects.filter(department=department, is_active=True).exists():
        raise Conflict("identity.department.has_people", name=department.name)
    department.closed_at = now
    department.save(update_fields=["closed_at"])
    enter(
        event=Event.DEPARTMENT_CHANGED,
        by=by,
        subject=subject_of(department),
        parties=[str(department.pk)],
        facts={"closed": True, "reason": reason},
        at=now,
    )
    return department


def subject_of(department: Department) -> Subject:
    return Subject("identity.department", str(department.pk), department.name)


def _one_authority(region_code: str) -> None:
    other = Department.objects.filter(region_id=region_code, governs=True, closed_at=None).first()
    if other is not None:
        raise Conflict("identity.department.region_has_authority", name=other.name)
