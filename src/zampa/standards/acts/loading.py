"""Code lists brought in whole: those the product carries, renewed with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import local_date, utc_now
from zampa.identity.sorting import name_key
from zampa.ledger.acts import act, enter
from zampa.standards import packaged
from zampa.standards.events import Event
from zampa.standards.models import CodeList, CodeValue
from zampa.standards.packaged import Carried, Value
from zampa.standards.rules import access

BATCH = 2000
HEAD = ("name", "name_bo", "name_en", "standard", "edition", "source", "whole", "whole_note", "expected", "pattern")


@act
def load_packaged_lists(*, by: Actor, only: Iterable[str] = (), now: datetime | None = None) -> int:
    """Bring the carried lists (or `only` these) to what this version carries; how many were loaded anew."""
    now = now or utc_now()
    access.may_keep(by).require()
    wanted, loaded = set(only), {}
    known = dict(CodeList.objects.filter(packaged=True).values_list("code", "digest"))
    for head in packaged.lists():
        if wanted and head.code not in wanted:
            continue
        values = packaged.values(head.code)
        digest = packaged.digest(head, values)
        if known.get(head.code) != digest:
            loaded[head.code] = write_values(_head(head, digest, now), values, local_date(now))
    if loaded:
        enter(
            event=Event.LISTS_LOADED, by=by, subject=Subject("standards.lists", "packaged", "随附代码表"),
            facts={"lists": loaded}, at=now,
        )  # fmt: skip
    return len(loaded)


def _head(head: Carried, digest: str, now: datetime) -> CodeList:
    row = CodeList.objects.select_for_update().filter(code=head.code).first()
    if row is None:
        row = CodeList(code=head.code, version=0, created_at=now, created_by_name="Zampa")
    for name in HEAD:
        setattr(row, name, getattr(head, name))
    row.name_key, row.packaged, row.state = name_key(head.name), True, CodeList.State.IN_FORCE
    row.digest, row.version, row.updated_at = digest, row.version + 1, now
    row.save()
    return row


def write_values(row: CodeList, values: Sequence[Value], today: date) -> int:
    """Write a list's values and return how many are valid today. A value the new edition no longer names is not
    dropped: it ends today, so that old data can still be read."""
    kept = {(v.code, v.valid_from) for v in values}
    old = list(CodeValue.objects.filter(code_list=row))
    gone = [v for v in old if (v.code, v.valid_from) not in kept]
    for value in gone:
        if value.valid_to is None:
            value.valid_to = today
    CodeValue.objects.bulk_update(gone, ["valid_to"], batch_size=BATCH)
    keys = {(v.code, v.valid_from): v.pk for v in old}
    made = [_value(row, place, value) for place, value in enumerate(values, start=1)]
    for value in made:
        value.pk = keys.get((value.code, value.valid_from), value.pk)
    CodeValue.objects.bulk_create(
        made, batch_size=BATCH, update_conflicts=True, unique_fields=["id"],
        update_fields=[
            "position", "name", "name_bo", "name_en", "name_key", "parent", "depth", "other", "valid_to", "replaced_by"
        ],
    )  # fmt: skip
    row.size = sum(1 for value in made if value.valid_on(today))
    row.save(update_fields=["size"])
    return row.size


def _value(row: CodeList, place: int, value: Value) -> CodeValue:
    return CodeValue(
        code_list=row, position=place, code=value.code, name=value.name, name_bo=value.name_bo, name_en=value.name_en,
        name_key=name_key(value.name), parent=value.parent, depth=value.depth, other=value.other,
        valid_from=value.valid_from, valid_to=value.valid_to, replaced_by=list(value.replaced_by),
    )  # fmt: skip
