"""The search figures: `search_http`, milliseconds of one search over HTTP at a million entries (95th of 100), and
`index_build`, seconds from the database to a finished index, each beside PostgreSQL's own full text of the same tokens.

A thousand questions are drawn with a fixed seed from the real records by the rules below, in the proportions people
type: words of names, a department and a word, single broad words, part of a word, pinyin, initials, codes, slips, and
nothing but facets. They are asked one after another by one reader with a token, as the API answers it: twenty entries
with what was typed marked, and all facets counted over all hits.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import psycopg
import rjieba

from benchmarks.search_places import House, entries, house
from benchmarks.search_set import Real, real
from zampa.index import pinyin
from zampa.index.entries import cut
from zampa.index.scripts import plain

Figure = dict[str, object]
QUESTIONS = 1_000
WARM = 100
PEER_EVERY = 5  # it takes up to a second for a broad word; one question in five keeps the figure under five minutes
SHARES = (
    ("words", 30), ("department", 12), ("broad", 10), ("part", 8), ("pinyin", 10), ("initials", 6), ("code", 6),
    ("slip", 8), ("facet", 10),
)  # fmt: skip
BROAD = ("信息", "统计", "企业", "人口", "行政处罚", "公示", "许可", "医疗", "学校", "名单")
FACETS = ({"cycle": "yearly"}, {"sharing": "conditional"}, {"live": "live", "format": "sheet"}, {"year": "2022"})
FOUND = """
WITH asked AS (SELECT to_tsquery('simple', %(q)s) AS q)
SELECT id, ts_rank(words, q), count(*) OVER () FROM bench_peer, asked WHERE words @@ q ORDER BY 2 DESC LIMIT 20
"""


def search_http() -> list[Figure]:
    """Milliseconds of a search, end to end, 95th of 100; the peer answers ids only, without HTTP, page or facets."""
    with house() as place:
        if not (place.folder / "home/index/current").exists():
            place.run("build", "2")
        _need_peer(place)
        asked = questions(QUESTIONS)
        with place.web() as address:
            times = _ask_all(address, (place.folder / "token").read_text(), asked)
        peer = _ask_peer(place, asked[::PEER_EVERY])
    found = _percentile(times, 95)
    note = (
        f"p50 {_percentile(times, 50):.1f} ms, slowest {max(times):.0f} ms over {len(times)} mixed questions at"
        f" {entries():,} entries, hits marked and nine facets counted; PostgreSQL p50 {_percentile(peer, 50):.0f} ms:"
        f" 20 ids and the count by GIN and ts_rank, nothing else, of every {PEER_EVERY}th question"
    )
    return [_figure("search_http", found, "ms", "PostgreSQL tsvector", _percentile(peer, 95), "value <= 20", note)]


def index_build() -> list[Figure]:
    """Seconds of `zampa index rebuild` over the set; the peer makes its vectors and GIN index of tokens made before."""
    with house() as place:
        built = place.run("build", str(os.cpu_count() or 1))
        peer = place.run("peer")
    load = os.getloadavg()[0]
    note = (
        f"{int(built['entries']):,} entries read, cut into tokens and indexed, {built['bytes'] / 2**20:.0f} MiB;"
        f" PostgreSQL {peer['bytes'] / 2**20:.0f} MiB; load of the machine {load:.1f}"
    )
    return [_figure("index_build", built["seconds"], "s", "tsvector + GIN", peer["seconds"], "value <= 60", note)]


def _figure(name: str, value: float, unit: str, peer: str, peer_value: float, aim: str, note: str) -> Figure:
    return {
        "name": name, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value,
        "ratio": value / peer_value, "aim": aim, "note": note,
    }  # fmt: skip


def _need_peer(place: House) -> None:
    with psycopg.connect(place.url) as connection:
        there = connection.execute("SELECT to_regclass('bench_peer')").fetchone()
    if there is None or there[0] is None:
        place.run("peer")


def questions(wanted: int) -> list[dict[str, str]]:
    """The questions, as the API takes them, in a fixed order."""
    records, departments = real()
    chance = random.Random(2025)  # the same questions every time
    kinds = [kind for kind, share in SHARES for _ in range(share)]
    made = []
    while len(made) < wanted:
        record = records[chance.randrange(len(records))]
        text = RULES[chance.choice(kinds)](record, departments[record.provider][0], chance)
        if text:
            made.append(text)
    return made


def _words(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    """One to three words of a title, in their order."""
    words = [one for one in rjieba.cut(record.title) if len(one) > 1]
    first = chance.randrange(len(words)) if words else 0
    return {"q": " ".join(words[first : first + chance.randint(1, 3)])} if words else {}


def _with_department(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    words = _words(record, department, chance)
    return {"q": f"{department} {words['q']}"} if words else {}


def _broad(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    return {"q": chance.choice(BROAD)}


def _part(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    """Three characters from anywhere in the title."""
    start = chance.randrange(max(1, len(record.title) - 3))
    return {"q": record.title[start : start + 3].strip()}


def _pinyin(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    words = _words(record, department, chance)
    return {"q": "".join(pinyin.of_run("".join(words["q"].split())))} if words else {}


def _initials(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    words = _words(record, department, chance)
    letters = "".join(one[0] for one in pinyin.of_run("".join(words["q"].split()))) if words else ""
    return {"q": letters[:6]} if len(letters) > 1 else {}


def _code(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    return {"q": f"{chance.randint(201, 212)}/{chance.randrange(entries()):07d}"[: chance.randint(6, 11)]}


def _slip(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    """Pinyin with two letters swapped."""
    letters = _pinyin(record, department, chance).get("q", "")
    if len(letters) < 4 or not letters.isascii():
        return {}
    place = chance.randrange(len(letters) - 1)
    return {"q": letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]}


def _facet(record: Real, department: str, chance: random.Random) -> dict[str, str]:
    words = _words(record, department, chance)
    return {"q": words.get("q", "").split(" ")[0], **chance.choice(FACETS)}


RULES: dict[str, Callable[[Real, str, random.Random], dict[str, str]]] = {
    "words": _words, "department": _with_department, "broad": _broad, "part": _part, "pinyin": _pinyin,
    "initials": _initials, "code": _code, "slip": _slip, "facet": _facet,
}  # fmt: skip


def _ask_all(address: str, token: str, asked: Sequence[dict[str, str]]) -> list[float]:
    """Milliseconds of each, over one connection that stays open, after a hundred that warm it up."""
    host, _, port = address.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    headers = {"Authorization": f"Bearer {token}"}
    times = []
    for place, one in enumerate([*asked[:WARM], *asked]):
        path = "/api/catalogue/search?" + urlencode(one)
        started = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - started) * 1000
        if answer.status != 200 or "hits" not in json.loads(body):
            raise RuntimeError(f"{one}: {answer.status} {body[:300]!r}")
        if place >= WARM:
            times.append(taken)
    connection.close()
    return times


def _ask_peer(place: House, asked: Sequence[dict[str, str]]) -> list[float]:
    """The same words as the peer can be asked: all tokens of a word run, and of pinyin its syllables one by one."""
    times = []
    with psycopg.connect(place.url, autocommit=True) as connection:
        for number, one in enumerate([*asked[: WARM // PEER_EVERY], *asked]):
            tokens = [token for token in peer_tokens(one["q"]) if token]
            started = time.perf_counter()
            if tokens:
                connection.execute(FOUND, {"q": " & ".join(f"'{token}'" for token in tokens)}).fetchall()
            if number >= WARM // PEER_EVERY:
                times.append((time.perf_counter() - started) * 1000)
    return times


def peer_tokens(text: str) -> list[str]:
    """A question in the tokens of the index: words, and syllable pairs of pinyin."""
    found: list[str] = []
    for chunk in plain(text).split():
        spelled = pinyin.typed(chunk)
        if spelled is not None:
            heard = [pinyin.heard(one) for one in spelled[0]]
            found += [one.replace("'", "_") for one in (pinyin.pairs(heard) or heard)]
        else:
            found += [one for one in rjieba.cut(chunk) if cut(one).general]
    return [one for one in dict.fromkeys(found) if one.isalnum() or "_" in one]


def _percentile(times: Sequence[float], share: int) -> float:
    return statistics.quantiles(times, n=100)[share - 1]
