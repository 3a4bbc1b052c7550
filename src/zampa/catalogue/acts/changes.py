"""The next version of a published entry: a row of its own to edit, sign and review; the entry stays in use as it is.

Order 809 art. 17: when law or duties change, the entry is updated within ten working days (clock `catalogue_update`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zampa.approvals import acts as approvals
from zampa.approvals.queries import clock_of
from zampa.catalogue import queries, rules
from zampa.catalogue.acts import placing, steps
from zampa.catalogue.events import Event
from zampa.catalogue.models import Dependant, Item, Resource
from zampa.contracts.actors import Actor
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotValid
from zampa.identity import queries as people
from zampa.identity.acts import send_message
from zampa.ledger.acts import act

CLOCKED = ("law", "duties")  # the grounds of art. 17; a correction or a moved source has no legal clock


@act
def change_resource(
    *,
    by: Actor,
    resource_id: UUID | str,
    ground: str = "correction",
    reason: str = "",
    since: datetime | None = None,
    now: datetime | None = None,
) -> Resource:
    """Begin the next version; returns its row. `since`: when law or duties changed, from which art. 17 counts."""
    now = now or utc_now()
    resource, _ = steps.locked(by, resource_id, "change")
    rules.may_edit(by, str(resource.provider_id)).require()
    if ground not in Resource.Ground.values:
        fault = Fault("ground", "catalogue.unknown_word", {"name": "ground"})
        raise NotValid("catalogue.resource.incomplete", faults=[fault])
    if since is not None and since > now:
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("since", "catalogue.change.not_yet")])
    if Resource.objects.filter(replaces=resource).exists():
        raise Conflict("catalogue.resource.change_open")
    change = _copy(resource, by, ground, reason, now)
    if ground in CLOCKED and not running(resource):
        approvals.start_clock(
            subject=steps.subject_of(resource),
            name="catalogue_update",
            profile=steps.PROFILE,
            department_id=resource.provider_id,
            received=since or now,
        )
    facts = {"version": change.version, "ground": ground, "reason": reason.strip()}
    steps.note(Event.RESOURCE_CHANGING, by, resource, facts, now)
    return change


def running(resource: Resource) -> bool:
    """Whether the clock of art. 17 runs for the entry: a dropped change does not stop it."""
    clock = clock_of(steps.subject_of(resource), "catalogue_update")
    return clock is not None and clock.met_at is None


def items_in_use(change: Resource) -> list[Fault]:
    """Items that a change would drop while somebody depends on them (art. 27: nobody's service stops unasked)."""
    rows = list(Item.objects.filter(resource=change))
    kept = {item.column or item.name for item in rows} | {item.name for item in rows}
    named = {item for row in queries.dependants_of(change.replaces_id or change.pk) for item in row.items}
    lost = [
        item
        for item in queries.items_of(change.replaces_id or change.pk)
        if str(item.pk) in named and not {item.column or item.name, item.name} & kept
    ]
    return [Fault("items", "catalogue.change.item_in_use", {"name": item.name}) for item in lost]


BREAKS_ITEM = frozenset({"column", "path", "type", "length", "precision", "scale", "sharing", "conditions"})
BREAKS_ALL = frozenset({"sharing", "conditions", "scope", "ways", "format"})


def breaks(change: Resource) -> list[tuple[Dependant, list[str]]]:
    """Who uses the entry and would feel this change: each with the places of the difference that concern it."""
    entry = change.replaces
    if entry is None:
        return []
    names = {str(item.pk): item.name for item in queries.items_of(entry.pk)}
    changed = [where for where, _, _ in rules.differences(steps.snapshot(entry), steps.snapshot(change))]
    everybody = [where for where in changed if where in BREAKS_ALL]
    found = []
    for user in queries.dependants_of(entry.pk):
        uses = {names[item] for item in user.items if item in names} or set(names.values())
        places = [where for where in changed if _concerns(where, uses)]
        if everybody or places:
            found.append((user, [*everybody, *places]))
    return found


def _concerns(where: str, uses: set[str]) -> bool:
    """Whether "items.NAME" (gone or new) or "items.NAME.part" is one of these items and a part that readers feel."""
    if not where.startswith("items."):
        return False
    name, _dot, part = where.removeprefix("items.").rpartition(".")
    return where.removeprefix("items.") in uses or (name in uses and part in BREAKS_ITEM)


def tell_users(change: Resource, cause: UUID, now: datetime) -> int:
    """Who will feel the change hears of it while it can still be talked about (809 art. 27); how many."""
    found = breaks(change)
    for user, places in found:
        send_message(
            to_person_ids=people.post_holders(user.department_id, "sharing_head", now).values_list("pk", flat=True),
            code="catalogue.message.change_ahead",
            params={"resource": change.replaces.name if change.replaces else change.name, "count": len(places)},
            subject=steps.subject_of(change),
            url_name="catalogue:resource",
            url_arg=str(change.replaces_id),
            cause=cause,
            now=now,
        )
    return len(found)


def _copy(resource: Resource, by: Actor, ground: str, reason: str, now: datetime) -> Resource:
    change = Resource(
        provider=resource.provider,
        replaces=resource,
        system=resource.system,
        version=resource.version + 1,
        name_key=resource.name_key,
        created_by_name=by.name,
        created_at=now,
        updated_at=now,
        state=Resource.State.DRAFT,
        change_ground=ground,
        change_reason=reason.strip(),
        **{name: getattr(resource, name) for name in steps.PLAIN},
    )
    change.secrecy_checked = False  # declared anew for what is new
    change.save(force_insert=True)
    placing.copy_places(resource, change)
    Item.objects.bulk_create(
        Item(resource=change, position=item.position, **{name: getattr(item, name) for name in steps.ITEM_PLAIN})
        for item in queries.items_of(resource.pk)
    )
    return change


def _same(new: list[Item], old: list[Item]) -> list[tuple[Item, Item | None]]:
    """Each new item with the one it continues: of the same column, else (a column renamed at the source) of the same
    name."""
    by_column = {(item.column or item.name): item for item in old}
    pairs = [(item, by_column.pop(item.column or item.name, None)) for item in new]
    by_name = {item.name: item for item in by_column.values()}
    return [(item, found or by_name.pop(item.name, None)) for item, found in pairs]


@act
def drop_change(*, by: Actor, resource_id: UUID | str, reason: str, now: datetime | None = None) -> Resource:
    """Give up a change that is not signed yet; returns the entry, which stays as it was. Its legal clock runs on."""
    now = now or utc_now()
    change, _ = steps.locked(by, resource_id, "withdraw")
    rules.may_edit(by, str(change.provider_id)).require()
    if change.replaces_id is None:
        raise Conflict("catalogue.change.not_a_change")
    if not reason.strip():
        raise NotValid("catalogue.resource.incomplete", faults=[Fault("reason", "catalogue.resource.missing_reason")])
    subject = steps.subject_of(change)
    approvals.close_tasks(subject=subject, kind=steps.REDO, now=now)
    steps.note(Event.CHANGE_DROPPED, by, change, {"version": change.version, "reason": reason.strip()}, now)
    change.delete()
    return Resource.objects.get(pk=subject.id)


def apply_change(change: Resource, now: datetime) -> tuple[Resource, list[tuple[str, object, object]]]:
    """Bring the prepared version into the entry itself; items of the same column keep their id, which requests name."""
    resource = Resource.objects.select_for_update(of=("self",)).select_related("provider").get(change=change)
    before = steps.snapshot(resource)
    kept = []
    for new, old in _same(list(queries.items_of(change.pk)), list(queries.items_of(resource.pk))):
        item = old or Item(resource=resource)
        for name in steps.ITEM_PLAIN:
            setattr(item, name, getattr(new, name))
        item.position = new.position
        item.save()
        kept.append(item.pk)
    Item.objects.filter(resource=resource).exclude(pk__in=kept).delete()
    for name in (*steps.PLAIN, "name_key", "signed_by", "signed_by_name", "change_ground", "change_reason"):
        setattr(resource, name, getattr(change, name))
    resource.system = change.system
    resource.version, resource.updated_at, resource.state = change.version, now, Resource.State.PUBLISHED
    placing.apply_places(change, resource)
    change.delete()
    resource.save()
    return resource, rules.differences(before, steps.snapshot(resource))
