"""Words as queries of the engine: where a word may stand, how much each place counts, what is as good as the word.

The weights are only here; they were set on the half of the judged queries that is kept for it (benchmarks).
"""

from __future__ import annotations

from collections.abc import Sequence

import tantivy
from tantivy import Occur, Query

from zampa.index import chinese, pinyin, tibetan
from zampa.index.parsing import Typed, Word
from zampa.index.scripts import whole

PLACES = {"name": 4.0, "items": 1.5, "about": 0.5, "department_name": 0.8}
TIE = 0.25  # what the second-best place of a word adds
PART = 0.55  # pairs of a longer word instead of the word itself
PIECE = 0.3  # a word within a longer one instead of it
BESIDE = 1.5  # words standing together in the name as they were typed
EXACT, BEGINS = 60.0, 6.0
CODE = 40.0
SOUND, INITIALS, HOMOPHONE = 2.0, 1.2, 0.7
SHARE = 0.6  # of the words that must be there when all of them bring too little


def every(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, one) for one in queries])


def any_of(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries), TIE)


class Matcher:
    """Queries over one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self.schema = schema

    def term(self, field: str, token: str, weight: float = 1.0) -> Query:
        found = Query.term_query(self.schema, field, token, "freq")
        return found if weight == 1.0 else Query.boost_query(found, weight)

    def flat(self, field: str, token: str, weight: float) -> Query:
        return Query.const_score_query(Query.term_query(self.schema, field, token, "basic"), weight)

    def begins(self, field: str, token: str, weight: float) -> Query:
        found = Query.fuzzy_term_query(self.schema, field, token, 0, True, True)
        return Query.const_score_query(found, weight)

    def together(self, field: str, tokens: Sequence[str], weight: float) -> Query:
        """All tokens in one field."""
        return Query.boost_query(every([self.term(field, one) for one in tokens]), weight / max(len(tokens), 1))

    def word(self, word: Word, *, loosely: bool = False) -> Query:
        """One word in any of its places; loosely, also what sounds alike. Slips are `spelling`'s."""
        if word.kind == "han":
            return self._han(word.text, loosely)
        if word.kind == "bo":
            return self._bo(word.parts)
        if word.kind == "code":
            return self._code(word.text)
        return self._latin(word.text)

    def _han(self, text: str, loosely: bool) -> Query:
        ways = [self.term(place, text, weight) for place, weight in PLACES.items()]
        if len(text) > 2:
            cut = list(chinese.pairs(text))
            ways += [self.together(place, cut, weight * PART * len(cut)) for place, weight in PLACES.items()]
        if loosely and len(text) > 1 and (said := pinyin.of_run(text)):
            ways.append(self._sounds([pinyin.heard(one) for one in said], "", HOMOPHONE))
        if loosely and len(text) > 3:
            within = [one for one in chinese.within(text) if len(one) < len(text)]
            ways += [self.term(place, one, weight * PIECE) for one in within for place, weight in PLACES.items()]
        return any_of(ways)

    def _bo(self, parts: Sequence[str]) -> Query:
        telling = tibetan.telling(list(parts))
        ways = [self.together("bo", list(dict.fromkeys(telling)), PLACES["name"] * len(telling))]
        if len(parts) > 1:
            ways.append(self.together("bo", tibetan.pairs(list(parts)), 2 * PLACES["name"] * len(parts)))
        return any_of(ways)

    def _code(self, text: str) -> Query:
        squeezed = whole(text)
        parts = [one for one in text.replace("/", " ").replace("-", " ").replace(".", " ").split() if one]
        ways = [
            self.flat("code", text, CODE),
            self.begins("code", text, CODE / 4),
            self.begins("code", squeezed, CODE / 8),
        ]
        ways += [self.together(place, parts, weight * len(parts)) for place, weight in PLACES.items()]
        return any_of(ways)

    def _latin(self, text: str) -> Query:
        ways = [self.term(place, text, weight) for place, weight in PLACES.items()]
        ways.append(self.flat("code", text, CODE))
        if len(text) > 2:
            ways.append(self.begins("code", text, CODE / 4))
        said = pinyin.typed(text)
        if said is not None:
            ways.append(self._sounds([pinyin.heard(one) for one in said[0]], said[1], SOUND))
        if text.isascii() and text.isalpha() and 1 < len(text) <= 20:
            ways.append(self.initials(text))
        return any_of(ways)

    def initials(self, letters: str) -> Query:
        size = 3 if len(letters) > 2 else 2
        cut = [one for one in pinyin.thirds(letters) if len(one) == size]
        return self.together("initials", cut, INITIALS * len(cut))

    def _sounds(self, parts: Sequence[str], rest: str, weight: float) -> Query:
        """Syllables one after another; an unfinished one at the end begins the next."""
        tokens = pinyin.pairs(parts) if len(parts) > 1 else list(parts)
        found = [self.term("sound", one, weight) for one in tokens]
        if rest:
            begun = pinyin.heard_beginning(rest)
            found.append(self.begins("sound", f"{parts[-1]}'{begun}", weight))
        return every(found)

    def name(self, typed: Typed) -> list[tuple[Occur, Query]]:
        """What lifts an entry: the name itself was typed, or begins so, or holds the words side by side."""
        if not typed.whole:
            return []
        lifts = [self.flat("exact", typed.whole, EXACT), self.begins("exact", typed.whole, BEGINS)]
        pairs = [pair for run in typed.runs for pair in chinese.pairs(run)]
        inside = {pair for word in typed.words if word.kind == "han" for pair in chinese.pairs(word.text)}
        lifts += [self.term("name", pair, BESIDE) for pair in dict.fromkeys(pairs) if pair not in inside]
        return [(Occur.Should, one) for one in lifts]

    def strictly(self, typed: Typed) -> Query:
        """Every word that tells something, in any place."""
        clauses = [(Occur.Must if one.telling else Occur.Should, self.word(one)) for one in typed.words]
        return Query.boolean_query([*clauses, *self.name(typed)])

    def loosely(self, typed: Typed) -> Query:
        """Most of the words, or what sounds like them; what has them all still comes first."""
        telling = [self.word(one, loosely=True) for one in typed.words if one.telling]
        least = max(1, int(len(telling) * SHARE + 0.5))
        some = Query.boolean_query([(Occur.Should, one) for one in telling], least)
        return Query.boolean_query([(Occur.Must, some), (Occur.Should, self.strictly(typed)), *self.name(typed)])

    def begun(self, typed: Typed) -> Query:
        """While typing: names that hold all of it, the last word perhaps unfinished."""
        last = len(typed.words) - 1
        clauses = [(Occur.Must, self._begun(one, place == last)) for place, one in enumerate(typed.words)]
        return Query.boolean_query([*clauses, *self.name(typed)])

    def _begun(self, word: Word, last: bool) -> Query:
        if word.kind == "han":
            cut = list(chinese.pairs(word.text)) or [word.text]
            return any_of([self.together(place, cut, PLACES[place]) for place in ("name", "department_name")])
        if word.kind == "bo" and last:
            whole_ones = [self.term("bo", one) for one in word.parts[:-1]]
            return every([*whole_ones, self.begins("bo", word.parts[-1], 1.0)])
        if word.kind == "latin" and last and len(word.text) > 1:
            return any_of([self._latin(word.text), self.begins("name", word.text, 1.0)])
        return self.word(word)
