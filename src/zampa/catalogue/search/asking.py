"""A search as a person asks it and as it is answered: entries with their marks, facets with their words.

The index says which entries and how many; the entries themselves come from the database by the same scoped question as
every list, so nothing is shown that the reader may not open, even in the half second before the index follows.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.catalogue import queries
from zampa.catalogue.models import Attachment, ClassNode, Item, Resource
from zampa.catalogue.models.resources import Sharing
from zampa.catalogue.rules.visibility import marks_for
from zampa.catalogue.search import building
from zampa.contracts.actors import Actor
from zampa.desk.lists import COUNT_LIMIT
from zampa.ground.errors import NotValid, Unavailable
from zampa.identity import queries as people
from zampa.index import searching
from zampa.index.copies import View
from zampa.index.entries import FACETS
from zampa.index.marking import Piece, marked
from zampa.index.parsing import Typed, read
from zampa.index.spelling import Speller

PAGE = 20
LONGEST_PAGE = 200
ABSTRACT = 120  # characters shown around the first mark
ITEMS_SHOWN = 8
SORTS: dict[str, str | Promise] = {
    "relevance": _("相关度"),
    "published": _("最近发布"),
    "changed": _("最近更新"),
    "name": _("名称"),
}
FACET_LABELS: dict[str, str | Promise] = {
    "department": _("提供方"),
    "class": _("分类"),
    "sharing": _("共享类型"),
    "format": _("信息资源格式"),
    "cycle": _("更新周期"),
    "live": _("数据"),
    "region": _("区划"),
    "year": _("发布年份"),
    "state": _("状态"),
}
NAMES_KEPT = 60.0  # seconds
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_speller = Speller()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One question. `chosen`: facet -> values, any of them; `page` from 1."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    size: int = PAGE
    facets: Sequence[str] = FACETS


@dataclass(frozen=True)
class Hit:
    """An entry with what was typed marked in its name, its abstract and those of its items that hold it."""

    resource: Resource
    name: list[Piece]
    name_bo: list[Piece]
    abstract: list[Piece]
    items: list[list[Piece]]


@dataclass(frozen=True)
class Value:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    key: str
    label: str | Promise
    values: list[Value]


@dataclass
class Answer:
    """`count` stops at 10,000, then `more`; `strict`: hits with every word, the others hold most of them; `meant`:
    another spelling that finds something, `corrected`: the hits are already of that one; `plain`: made without the
    index, which is not there yet; `tries`: where nothing was found, the words that alone find something."""

    wanted: Wanted
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    more: bool = False
    strict: int = 0
    facets: list[Facet] = field(default_factory=list)
    meant: str = ""
    corrected: bool = False
    plain: bool = False
    tries: list[tuple[str, int]] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return min(-(-self.count // self.wanted.size), searching.DEEPEST // self.wanted.size)


def search(actor: Actor, wanted: Wanted) -> Answer:
    """What this actor finds; NotValid for a sort, facet or page that there is not."""
    if wanted.sort not in SORTS or wanted.page < 1 or not 1 <= wanted.size <= LONGEST_PAGE:
        raise NotValid("index.search.too_deep", most=searching.DEEPEST)
    try:
        view = building.here().view()
    except Unavailable:
        return _without_index(actor, wanted)
    seen = marks_for(actor)
    asked = _asked(wanted, wanted.words, seen)
    found = searching.find(view, asked)
    answer = Answer(wanted)
    words = wanted.words
    if words.strip() and found.strict == 0:
        answer.meant = _meant(view, words, seen)
    if answer.meant and found.count == 0:
        words, answer.corrected = answer.meant, True
        found = searching.find(view, _asked(wanted, words, seen))
    if found.count == 0:
        answer.tries = _tries(view, words, seen)
    answer.count, answer.more = min(found.count, COUNT_LIMIT), found.count > COUNT_LIMIT
    answer.strict = found.strict
    answer.hits = hits_of(actor, found.ids, read(words))
    answer.facets = _facets(actor, wanted, found.facets)
    return answer


def _asked(wanted: Wanted, words: str, seen: Sequence[str]) -> searching.Asked:
    return searching.Asked(
        text=words,
        seen=seen,
        chosen=wanted.chosen,
        sort=cast(searching.Sort, wanted.sort),
        offset=(wanted.page - 1) * wanted.size,
        limit=wanted.size,
        facets=wanted.facets,
    )


def _meant(view: View, words: str, seen: Sequence[str]) -> str:
    """A spelling with which this reader finds something; nothing is proposed from what they may not see."""
    for proposal in _speller.proposals(view, words):
        if searching.count(view, searching.Asked(text=proposal, seen=seen)):
            return proposal
    return ""


def _tries(view: View, words: str, seen: Sequence[str]) -> list[tuple[str, int]]:
    """The words of a search one by one, as far as they find something, the rarest first."""
    alone = [one.text for one in read(words).words if one.telling]
    counts = [(word, searching.count(view, searching.Asked(text=word, seen=seen))) for word in alone]
    return sorted([one for one in counts if one[1]], key=lambda one: one[1])


def suggest(actor: Actor, words: str) -> list[Hit]:
    """Entries whose name holds what is being typed; nothing while the index is not there."""
    try:
        view = building.here().view()
    except Unavailable:
        return []
    ids = searching.suggest(view, words, marks_for(actor))
    return hits_of(actor, ids, read(words), items=False)


def hits_of(actor: Actor, ids: Sequence[str], typed: Typed, *, items: bool = True) -> list[Hit]:
    """These entries in this order, those of them that the actor may see."""
    rows = {str(row.pk): row for row in queries.resources_of(actor).filter(replaces=None, pk__in=ids)}
    names: dict[str, list[str]] = {key: [] for key in ids}
    if items and typed.words:
        for key, name in Item.objects.filter(resource_id__in=list(rows)).values_list("resource_id", "name"):
            names[str(key)].append(name)
    return [_hit(rows[key], names[key], typed) for key in ids if key in rows]


def _hit(row: Resource, names: Sequence[str], typed: Typed) -> Hit:
    items = [pieces for pieces in (marked(name, typed) for name in names) if any(hit for _, hit in pieces)]
    return Hit(
        row,
        marked(row.name, typed),
        marked(row.name_bo, typed),
        marked(row.abstract, typed, ABSTRACT),
        items[:ITEMS_SHOWN],
    )


def _without_index(actor: Actor, wanted: Wanted) -> Answer:
    """Plain queries over the tables: slower and simpler, but never nothing."""
    rows = queries.search(actor, wanted.words).filter(replaces=None)
    answer = Answer(wanted, plain=True)
    answer.count = answer.strict = rows.order_by()[: COUNT_LIMIT + 1].count()
    answer.more, answer.count = answer.count > COUNT_LIMIT, min(answer.count, COUNT_LIMIT)
    first = (wanted.page - 1) * wanted.size
    ids = [str(key) for key in rows.values_list("pk", flat=True)[first : first + wanted.size]]
    answer.hits = hits_of(actor, ids, read(wanted.words))
    return answer


def _facets(actor: Actor, wanted: Wanted, found: Mapping[str, Sequence[tuple[str, int]]]) -> list[Facet]:
    """Facets with something to choose: more than one value, or one that is chosen."""
    made = []
    for key, counted in found.items():
        chosen = set(wanted.chosen.get(key, ()))
        if key == "class":
            counted = [one for one in counted if len(one[0]) == 3 or one[0] in chosen]
        counts = dict(counted)
        counts |= {value: 0 for value in chosen if value not in counts}
        labels = labels_of(actor, key, list(counts))
        values = [Value(value, labels.get(value, value), number, value in chosen) for value, number in counts.items()]
        if key == "year":
            values.sort(key=lambda one: one.value, reverse=True)
        if len(values) > 1 or chosen:
            made.append(Facet(key, FACET_LABELS[key], values))
    return made


def labels_of(actor: Actor, key: str, values: Sequence[str]) -> dict[str, str]:
    """The words of a facet's values."""
    if key in ("department", "region", "class"):
        return _names.of(actor, key, values)
    choices: dict[str, Any] = {
        "sharing": Sharing.choices,
        "format": Resource.Format.choices,
        "cycle": Resource.Cycle.choices,
        "state": Resource.State.choices,
        "live": [("none", _("未挂接")), *Attachment.State.choices],
    }
    return {value: str(label) for value, label in choices.get(key, ()) if value in values}


class _Names:
    """Names of departments, regions and classes, which everybody signed in may read; asked again after a minute."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self._since = 0.0

    def of(self, actor: Actor, key: str, values: Sequence[str]) -> dict[str, str]:
        if time.monotonic() - self._since > NAMES_KEPT:
            self._known, self._since = {}, time.monotonic()
        known = self._known
        missing = [value for value in values if (key, value) not in known]
        if missing:
            known.update({(key, value): value for value in missing})
            known.update({(key, str(value)): name for value, name in self._asked(actor, key, missing)})
        return {value: known.get((key, value), value) for value in values}

    def _asked(self, actor: Actor, key: str, values: list[str]) -> Iterable[tuple[object, str]]:
        if key == "department":
            wanted = [UUID(value) for value in values if _UUID.fullmatch(value)]
            rows = people.departments(actor).filter(pk__in=wanted).values_list("pk", "short_name", "name")
            return [(value, short or name) for value, short, name in rows]
        if key == "region":
            return people.regions(actor).filter(pk__in=values).values_list("pk", "name")
        return ClassNode.objects.filter(code__in=values).values_list("code", "name")


_names = _Names()


def warm() -> None:
    """Learn the words of the index before the first slip is typed."""
    with suppress(Unavailable):
        _speller.words(building.here().view())
