"""Searches a person keeps, and being told of new hits of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from zampa.catalogue.events import Event
from zampa.catalogue.models import Resource, SavedSearch, Version
from zampa.catalogue.rules.visibility import marks_for
from zampa.catalogue.search import building
from zampa.contracts.actors import Actor, Subject
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid
from zampa.identity import queries as people
from zampa.identity.acts import send_message
from zampa.index import searching
from zampa.index.entries import FACETS
from zampa.ledger.acts import act, enter

MOST = 50  # searches one person keeps
LATE = timedelta(hours=1)  # how long a publication may take to be committed and still be told
NAMED = 3  # new hits named in a message


def _subject(row: SavedSearch) -> Subject:
    return Subject("catalogue.search", str(row.pk), row.name)


@act
def save_search(
    *,
    by: Actor,
    name: str = "",
    words: str = "",
    chosen: Mapping[str, Sequence[str]] | None = None,
    notify: bool = True,
    now: datetime | None = None,
) -> SavedSearch:
    """Keep a search under a name; the same name again keeps the new one in its place."""
    now = now or utc_now()
    if by.kind != "person":
        raise NotAllowed("catalogue.search.people_only")
    kept = {key: sorted(set(values)) for key, values in (chosen or {}).items() if values}
    name = (name.strip() or words.strip())[:200]
    faults = [] if name else [Fault("name", "catalogue.search.missing_name")]
    faults += [Fault(key, "index.search.no_facet", {"name": key}) for key in kept if key not in FACETS]
    if not words.strip() and not kept:
        faults.append(Fault("words", "catalogue.search.nothing_to_keep"))
    if faults:
        raise NotValid("catalogue.search.not_valid", faults=faults)
    mine = SavedSearch.objects.filter(person_id=by.id)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise Conflict("catalogue.search.too_many", most=MOST)
    values = {"words": words.strip()[:200], "chosen": kept, "notify": notify, "new_hits": 0, "told": []}
    values |= {"created_at": now, "looked_to": now}
    row, _ = SavedSearch.objects.update_or_create(person_id=by.id, name=name, defaults=values)
    enter(event=Event.SEARCH_SAVED, by=by, subject=_subject(row), facts={"notify": notify}, at=now)
    return row


@act
def drop_search(*, by: Actor, search_id: UUID | str, now: datetime | None = None) -> None:
    """Keep it no longer."""
    row = one_search(by, search_id)
    enter(event=Event.SEARCH_DROPPED, by=by, subject=_subject(row), at=now or utc_now())
    row.delete()


def one_search(by: Actor, search_id: UUID | str) -> SavedSearch:
    row = searches_of(by).filter(pk=search_id).first()
    if row is None:
        raise NotFound("catalogue.search.not_found")
    return row


def searches_of(by: Actor) -> QuerySet[SavedSearch]:
    """Those of this person, newest first."""
    return SavedSearch.objects.filter(person_id=by.id) if by.kind == "person" else SavedSearch.objects.none()


def note_seen(*, by: Actor, search_id: UUID | str) -> SavedSearch:
    """The person opened it: what was new is known now. A measurement, no act."""
    row = one_search(by, search_id)
    SavedSearch.objects.filter(pk=row.pk).update(new_hits=0)
    return row


def tell_new_hits(*, now: datetime | None = None) -> int:
    """A message for each kept search with entries published since it was last looked at; how many were sent.

    Each is asked as its person may see today. Unavailable while this machine has no copy of the index.
    """
    now = now or utc_now()
    newest = Version.objects.aggregate(at=Max("published_at"))["at"]
    if newest is None:
        return 0
    view = building.here().view()
    rows = SavedSearch.objects.filter(notify=True, person__is_active=True).select_related("person__department")
    if now - newest > LATE:  # all that could be late is in: only what was not looked at since
        rows = rows.filter(looked_to__lt=newest)
    sent = 0
    for row in rows.iterator(chunk_size=500):
        asked = searching.Asked(
            text=row.words,
            seen=marks_for(people.actor_of(row.person, now)),
            chosen={**row.chosen, "state": ["published"]},
            sort="published",
            limit=1_000,
            since=int((row.looked_to - LATE).timestamp()),
        )
        sent += _tell(row, searching.strict_ids(view, asked), newest, now)
    return sent


def _tell(row: SavedSearch, ids: Sequence[str], newest: datetime, now: datetime) -> int:
    """One message of what was not told yet, and where looking goes on, in one transaction."""
    found = Resource.objects.filter(pk__in=ids, state="published").annotate(at=Max("versions__published_at"))
    hits = {key: (name, at) for key, name, at in found.values_list("pk", "name", "at") if at is not None}
    fresh = sorted(key for key, (_, at) in hits.items() if key not in row.told and at > row.created_at)
    looked_to = max(row.looked_to, newest)
    near = [key for key, (_, at) in hits.items() if at > looked_to - LATE]
    with transaction.atomic():
        mine = SavedSearch.objects.filter(pk=row.pk, looked_to=row.looked_to, told=row.told)
        values = {"looked_to": looked_to, "told": near, "new_hits": row.new_hits + len(fresh)}
        if not mine.update(**values) or not fresh:
            return 0
        return send_message(
            to_person_ids=[row.person_id],
            code="catalogue.search.new_hits",
            params={"name": row.name, "count": len(fresh), "names": "、".join(hits[key][0] for key in fresh[:NAMED])},
            subject=_subject(row),
            url_name="catalogue:saved_search",
            url_arg=str(row.pk),
            now=now,
        )
