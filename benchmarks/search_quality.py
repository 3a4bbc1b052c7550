"""`search_ndcg`: how well the first ten hits answer, on the 88,883 real records, beside PostgreSQL and a plain BM25.

How it is judged, so that everybody may repeat and doubt it: no person read the hits. 300 questions are drawn with a
fixed seed, ten hits of each of three rankers are pooled without their names and order, and the rules below grade each
pooled entry from the records alone; all three are then measured by the same grades (nDCG@10, gains 2^grade - 1, the
ideal order taken from the pool).

- Known item (200): somebody remembers an entry: two or three of its title's longest words, for half of them with its
  department. 3: the entry itself, or the same title of the same department; 2: the same title elsewhere; 1: a title
  with all of the words.
- Theme (100): two tags that the portal's own people gave a record (its `keywords`, which no ranker sees). 3: a record
  tagged with both; 2: one tag and the other in title or description; 1: both in title or description.

Even questions tuned the weights of `zampa.index.matching`, odd ones are held back, and only they are told. A rule that
grades by words favours whoever matches words, as all three rankers do; it cannot tell a useful entry from a useless
one, and where two words fit many titles no ranker can know which was meant.
"""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg
import rjieba
import tantivy

from benchmarks.search_set import Real, real
from zampa.entrance.machine.postgres import EmbeddedPostgres
from zampa.index.copies import Copy, View
from zampa.index.entries import Entry, cut, document
from zampa.index.searching import Asked, find

Figure = dict[str, object]
Ranker = Callable[[str], list[int]]
KNOWN, THEMES = 200, 100
DEEP = 10
COMMON = 300  # a tag on more records than this is no theme
PEER = (
    "CREATE UNLOGGED TABLE peer AS SELECT number, setweight(to_tsvector('simple', name), 'A')"
    " || setweight(to_tsvector('simple', rest), 'C') AS words FROM told",
    "CREATE INDEX ON peer USING gin (words)",
    "ANALYZE peer",
)
RANKED = """
SELECT number FROM peer, to_tsquery('simple', %(q)s) q WHERE words @@ q ORDER BY ts_rank(words, q) DESC, number LIMIT 10
"""


class Question(NamedTuple):
    """`about`: the known entry's number, or the two tags of a theme."""

    text: str
    words: tuple[str, ...]
    about: int | tuple[str, str]


def tags(record: Real) -> set[str]:
    """What the portal's people called it, single words of three characters and more."""
    found = record.keywords.replace("\r\n", "、").replace("\t", "").replace("，", "、").replace(",", "、")
    return {one.strip() for one in found.split("、") if 2 <= len(one.strip()) <= 8}


def questions(records: Sequence[Real], departments: Sequence[tuple[str, int]]) -> list[Question]:
    chance = random.Random(34)
    made: list[Question] = []
    while len(made) < KNOWN:
        number = chance.randrange(len(records))
        whole_words = {one for one in rjieba.cut(records[number].title) if len(one) > 1}
        words = sorted(whole_words, key=lambda one: (-len(one), one))
        if len(words) < 2:
            continue
        words = words[: chance.randint(2, 3)]
        department = departments[records[number].provider][0] if len(made) % 2 else ""
        made.append(Question(" ".join([*words, department]).strip(), tuple(words), number))
    counted: dict[str, int] = {}
    for record in records:
        for tag in tags(record):
            counted[tag] = counted.get(tag, 0) + 1
    while len(made) < KNOWN + THEMES:
        known = sorted(tag for tag in tags(records[chance.randrange(len(records))]) if 5 <= counted[tag] <= COMMON)
        if len(known) >= 2:
            pair = tuple(chance.sample(known, 2))
            made.append(Question(" ".join(pair), pair, (pair[0], pair[1])))
    return made


def grade(question: Question, number: int, records: Sequence[Real]) -> int:
    """0 to 3, from the records alone; which ranker brought it is not known here."""
    record = records[number]
    if isinstance(question.about, int):
        wanted = records[question.about]
        if record.title == wanted.title:
            return 3 if record.provider == wanted.provider else 2
        return int(all(word in record.title for word in question.words))
    own, text = tags(record), record.title + record.description
    tagged = [tag in own for tag in question.about]
    there = [tag in text for tag in question.about]
    if all(tagged):
        return 3
    if (tagged[0] and there[1]) or (tagged[1] and there[0]):
        return 2
    return int(all(there))


def ndcg(found: Sequence[int], grades: dict[int, int]) -> float:
    def gain(values: Sequence[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:DEEP]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades[number] for number in found]) / best if best else 0.0


def measured(rankers: dict[str, Ranker], asked: Sequence[Question], records: Sequence[Real]) -> dict[str, list[float]]:
    """Each ranker's nDCG@10 for each question that anybody answered."""
    scores: dict[str, list[float]] = {name: [] for name in rankers}
    for question in asked:
        found = {name: ranker(question.text) for name, ranker in rankers.items()}
        pool = sorted({number for hits in found.values() for number in hits})
        grades = {number: grade(question, number, records) for number in pool}
        for name, hits in found.items():
            scores[name].append(ndcg(hits, grades))
    return scores


def search_ndcg() -> list[Figure]:
    """nDCG@10 of the held-back half, by grades made by rule and blind to the ranker."""
    records, departments = real()
    asked = questions(records, departments)
    with tempfile.TemporaryDirectory(prefix="zampa-bench-") as scratch:
        server = EmbeddedPostgres(Path(scratch) / "postgres", durable=False)
        try:
            with psycopg.connect(server.start(), autocommit=True) as connection:
                copy = ours(Path(scratch) / "index", records, departments)
                fill_peer(connection, records, departments)
                rankers: dict[str, Ranker] = {
                    "ours": lambda text: our_hits(copy.view(), text),
                    "peer": lambda text: peer_hits(connection, text),
                    "titles": title_hits(Path(scratch) / "titles", records),
                }
                scores = measured(rankers, asked, records)
        finally:
            server.stop("immediate")
    held = {name: values[1::2] for name, values in scores.items()}
    tuned = {name: _mean(values[0::2]) for name, values in scores.items()}
    known = {name: _mean(values[: KNOWN // 2]) for name, values in held.items()}
    theme = {name: _mean(values[KNOWN // 2 :]) for name, values in held.items()}
    value, peer = _mean(held["ours"]), _mean(held["peer"])
    note = (
        f"held-back half of {KNOWN} known items ({known['ours']:.3f}, PostgreSQL {known['peer']:.3f}) and {THEMES}"
        f" themes ({theme['ours']:.3f}, {theme['peer']:.3f}); BM25 over titles {_mean(held['titles']):.3f}; tuning half"
        f" {tuned['ours']:.3f}, {tuned['peer']:.3f}; graded by rule, blind to the ranker, read by nobody"
    )
    return [{
        "name": "search_ndcg", "value": value, "unit": "nDCG@10", "peer": "PostgreSQL tsvector", "peer_value": peer,
        "ratio": value / peer, "aim": "value >= 0.85", "note": note,
    }]  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def ours(folder: Path, records: Sequence[Real], departments: Sequence[tuple[str, int]]) -> Copy:
    copy = Copy(folder)
    made = copy.begin()
    for number, one in enumerate(records):
        made.writer.put_new(document(Entry(
            id=str(number), stamp=1, name=one.title, abstract=one.description, classes=[one.theme] if one.theme else [],
            department=[departments[one.provider][0]], seen=["all"],
        )))  # fmt: skip
    made.finish(1)
    return copy


def our_hits(view: View, text: str) -> list[int]:
    return [int(key) for key in find(view, Asked(text=text, seen=["all"], limit=DEEP, facets=())).ids]


def fill_peer(connection: psycopg.Connection, records: Sequence[Real], departments: Sequence[tuple[str, int]]) -> None:
    """The same texts in the same tokens, names weighing more."""
    connection.execute("CREATE UNLOGGED TABLE told (number int, name text, rest text)")
    with connection.cursor() as cursor, cursor.copy("COPY told FROM STDIN") as lines:
        for number, one in enumerate(records):
            rest = cut(" ".join((one.description, one.theme, departments[one.provider][0]))).general
            lines.write_row((number, " ".join(cut(one.title).general), " ".join(rest)))
    for step in PEER:
        connection.execute(step)


def peer_hits(connection: psycopg.Connection, text: str) -> list[int]:
    """All words; where that brings fewer than ten, then any of them, as one would build it."""
    words = list(dict.fromkeys(one for one in rjieba.cut(text) if one.isalnum()))
    found: list[int] = []
    for joined in (" & ", " | "):
        if words and len(found) < DEEP:
            rows = connection.execute(RANKED, {"q": joined.join(f"'{one}'" for one in words)}).fetchall()
            found += [number for (number,) in rows if number not in found]
    return found[:DEEP]


def title_hits(folder: Path, records: Sequence[Real]) -> Ranker:
    """The third ranker: BM25 over the words of titles and nothing else."""
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=True)
    builder.add_text_field("title", tokenizer_name="spaced", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema, str(folder))
    index.register_tokenizer("spaced", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = index.writer(128_000_000, 1)
    for number, one in enumerate(records):
        writer.add_document(tantivy.Document(number=number, title=" ".join(rjieba.cut(one.title))))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def hits(text: str) -> list[int]:
        words = [tantivy.Query.term_query(schema, "title", one, "freq") for one in rjieba.cut(text) if one.strip()]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in words])
        return [int(searcher.doc(at)["number"][0]) for _, at in searcher.search(asked, DEEP).hits]

    return hits
