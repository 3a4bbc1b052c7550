"""Questions to the index: what is found, how many by each facet, what could be meant while typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import tantivy
from tantivy import Occur, Order, Query

from zampa.ground.errors import NotValid
from zampa.index.copies import View
from zampa.index.entries import FACETS
from zampa.index.matching import Matcher
from zampa.index.parsing import read

Sort = Literal["relevance", "published", "changed", "name"]
DEEPEST = 10_000  # hits that can be paged to
ENOUGH = 10  # strict hits below which looser ones are added
MOST_VALUES = 40  # values of a facet that are told
SUGGESTED = 8


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`seen`: marks of what the reader may see, one of which an entry must carry. `chosen`: facet -> values, any of
    them. `since`: only what was published after this Unix second."""

    text: str = ""
    seen: Sequence[str]
    chosen: Mapping[str, Sequence[str]] = {}
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 50
    facets: Sequence[str] = FACETS
    since: int = 0


class Found(msgspec.Struct, kw_only=True):
    """`ids` in their order; `count` of all; `strict`: how many held every word (the rest of `count` holds most)."""

    ids: list[str]
    count: int
    strict: int
    facets: dict[str, list[tuple[str, int]]]
    moment: str


def find(view: View, asked: Asked) -> Found:
    """One page of what is found, with the facets of all of it."""
    if asked.offset < 0 or asked.limit < 1 or asked.offset + asked.limit > DEEPEST:
        raise NotValid("index.search.too_deep", most=DEEPEST)
    typed = read(asked.text)
    if asked.text.strip() and not typed.words:
        return Found(ids=[], count=0, strict=0, facets={}, moment=view.moment)
    matcher = Matcher(view.schema)
    wanted = matcher.strictly(typed) if typed.words else None
    result = _page(view, _within(matcher, asked, wanted), asked)
    strict = int(result.count)
    if wanted is not None and strict < ENOUGH:
        wanted = matcher.loosely(typed)
        result = _page(view, _within(matcher, asked, wanted), asked)
    ids = [str(view.searcher.doc(address)["id"][0]) for _, address in result.hits]
    facets = _facets(view, matcher, asked, wanted) if result.count or asked.chosen else {}
    return Found(ids=ids, count=int(result.count), strict=strict, facets=facets, moment=view.moment)


def count(view: View, asked: Asked) -> int:
    """How many hold every word."""
    typed = read(asked.text)
    matcher = Matcher(view.schema)
    wanted = matcher.strictly(typed) if typed.words else None
    result: Any = view.searcher.search(_within(matcher, asked, wanted), 1)
    return int(result.count)


def strict_ids(view: View, asked: Asked) -> list[str]:
    """The entries that hold every word, in their order, without facets."""
    typed = read(asked.text)
    matcher = Matcher(view.schema)
    wanted = matcher.strictly(typed) if typed.words else None
    result = _page(view, _within(matcher, asked, wanted), asked)
    return [str(view.searcher.doc(address)["id"][0]) for _, address in result.hits]


def suggest(view: View, text: str, seen: Sequence[str], limit: int = SUGGESTED) -> list[str]:
    """Ids of entries whose name holds what is being typed."""
    typed = read(text)
    if not typed.words:
        return []
    matcher = Matcher(view.schema)
    wanted = _within(matcher, Asked(seen=seen), matcher.begun(typed))
    hits = view.searcher.search(wanted, limit, count=False).hits
    return [str(view.searcher.doc(address)["id"][0]) for _, address in hits]


def _page(view: View, query: Query, asked: Asked) -> Any:
    """The engine's result: `hits` and, which its stubs do not know, `count`."""
    if asked.sort == "relevance":
        return view.searcher.search(query, asked.limit, offset=asked.offset)
    field, order = ("letters", Order.Asc) if asked.sort == "name" else (asked.sort, Order.Desc)
    return view.searcher.search(query, asked.limit, offset=asked.offset, order_by_field=field, order=order)


def _within(matcher: Matcher, asked: Asked, wanted: Query | None, but: str = "") -> Query:
    """`wanted` among what may be seen and was chosen; `but`: a facet whose own choice is left out."""
    clauses = [_one_of(matcher, "seen", asked.seen or [""])]
    for name, values in asked.chosen.items():
        if name not in FACETS:
            raise NotValid("index.search.no_facet", name=name)
        if name != but and values:
            clauses.append(_one_of(matcher, name, values))
    if asked.since:
        field = tantivy.FieldType.Unsigned
        later = Query.range_query(matcher.schema, "published", field, asked.since, 2**62, include_lower=False)
        clauses.append((Occur.Must, Query.const_score_query(later, 0.0)))
    return Query.boolean_query([*clauses, (Occur.Must, wanted)] if wanted is not None else clauses)


def _one_of(matcher: Matcher, field: str, values: Sequence[str]) -> tuple[Occur, Query]:
    terms = [Query.term_query(matcher.schema, field, value, "basic") for value in values]
    found = terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, one) for one in terms])
    return Occur.Must, Query.const_score_query(found, 0.0)


def _facets(view: View, matcher: Matcher, asked: Asked, wanted: Query | None) -> dict[str, list[tuple[str, int]]]:
    """Counts by value. A facet in which something is chosen counts as if it were not, so that one can choose beside."""
    chosen = [name for name in asked.facets if asked.chosen.get(name)]
    free = [name for name in asked.facets if name not in chosen]
    told = _counted(view, _within(matcher, asked, wanted), free)
    for name in chosen:
        told |= _counted(view, _within(matcher, asked, wanted, but=name), [name])
    return {name: told[name] for name in asked.facets}


def _counted(view: View, query: Query, names: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    if not names:
        return {}
    wanted = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in names}
    told = view.searcher.aggregate(query, wanted)
    return {name: [(str(one["key"]), int(one["doc_count"])) for one in told[name]["buckets"]] for name in names}
