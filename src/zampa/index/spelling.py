"""What a mistyped search may have meant, from the words the index itself holds.

A wrong character that sounds right (长住 for 常住) is found by its sound; a wrong letter of a typed pinyin word, or a
wrong letter in Latin or Tibetan, by trying what lies one letter away. A proposal is worth showing only where this
reader finds something with it; the caller asks that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from threading import Lock

import msgspec
import rjieba
from tantivy import Searcher

from zampa.index import chinese, pinyin, tibetan
from zampa.index.copies import View
from zampa.index.scripts import plain, runs

LONGEST = 6  # characters of a word looked up by its sound
MOST_READINGS = 64
MOST_TRIED = 20  # letters of a word for which neighbours are tried
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MISSED = "aeioungh"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {
    letter: "".join(
        other
        for level in (-1, 0, 1)
        if 0 <= row + level < 3
        for other in _ROWS[row + level][max(0, place - 1) : place + 2]
        if other != letter
    )
    for row, keys in enumerate(_ROWS)
    for place, letter in enumerate(keys)
}


class Vocabulary(msgspec.Struct, frozen=True):
    """Words of names with how many entries hold them; the commonest word of each sound."""

    counts: Mapping[str, int]
    by_sound: Mapping[str, str]
    bo: Mapping[str, int]


def vocabulary(searcher: Searcher) -> Vocabulary:
    """All words of names and departments: about a second for a hundred thousand words."""
    counts: dict[str, int] = {}
    for field in ("name", "department_name"):
        for word, number in searcher.terms_with_prefix(field, ""):
            if len(word) > 1 and (word[0].isascii() or rjieba.has_word(word)):
                counts[word] = counts.get(word, 0) + number
    for letter in LETTERS:
        for field in ("about", "items"):
            for word, number in searcher.terms_with_prefix(field, letter):
                counts[word] = counts.get(word, 0) + number
    by_sound: dict[str, str] = {}
    for word, number in counts.items():
        if word[0].isascii() or len(word) > LONGEST:
            continue
        sound = sound_of(word)
        if sound and number > counts.get(by_sound.get(sound, ""), 0):
            by_sound[sound] = word
    return Vocabulary(counts, by_sound, dict(searcher.terms_with_prefix("bo", "")))


def sound_of(word: str) -> str:
    return "'".join(pinyin.heard(one) for one in pinyin.spelled(word))


class Speller:
    """Keeps the vocabulary of one copy; made anew when the index grew or shrank by a tenth."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._words: Vocabulary | None = None
        self._size = -1
        self._generation = ""

    def words(self, view: View) -> Vocabulary:
        size, generation = view.searcher.num_docs, view.moment.split(":")[0]
        known = self._words
        if known is not None and generation == self._generation and abs(size - self._size) * 10 <= self._size:
            return known
        if not self._lock.acquire(blocking=known is None):
            return known or self.words(view)  # somebody is learning: the old words will do meanwhile
        try:
            self._words, self._size, self._generation = vocabulary(view.searcher), size, generation
            return self._words
        finally:
            self._lock.release()

    def proposals(self, view: View, text: str) -> Iterator[str]:
        """Other spellings of the whole text, the likeliest first."""
        words = self.words(view)
        parts = [(script, run, plain(chunk)) for chunk in text.split()[:8] for script, run in runs(plain(chunk))]
        mended = [next(_mended(script, run, words, view), run) for script, run, _ in parts]
        if mended and mended != [run for _, run, _ in parts]:
            yield " ".join(mended)


def _mended(script: str, run: str, words: Vocabulary, view: View) -> Iterator[str]:
    if script == "han":
        yield _by_sound(run, words)
    elif script == "latin":
        yield from _letters(run, words, view.searcher)
    else:
        parts = tibetan.syllables(run)
        yield "་".join(_syllable(one, words.bo) for one in parts)


def _by_sound(run: str, words: Vocabulary) -> str:
    """From left to right the longest stretch that sounds like a known word, where the text itself is not one."""
    sounds = [pinyin.readings(one) for one in run]
    out, place = "", 0
    while place < len(run):
        for size in range(min(LONGEST, len(run) - place), 1, -1):
            piece = run[place : place + size]
            known = _sounding(sounds[place : place + size], words)
            if piece in words.counts or known:
                out += piece if piece in words.counts else str(known)
                place += size
                break
        else:
            out += run[place]
            place += 1
    return out


def _sounding(sounds: Sequence[Sequence[str]], words: Vocabulary) -> str | None:
    """The commonest word that some reading of these characters sounds like: 长 is chang and zhang."""
    spoken = islice(product(*sounds), MOST_READINGS)
    known = [word for one in spoken if (word := words.by_sound.get("'".join(one)))]
    return max(known, key=lambda word: words.counts[word]) if known else None


def _letters(run: str, words: Vocabulary, searcher: Searcher) -> Iterator[str]:
    """A Latin word of the index one letter away, or pinyin whose every pair of syllables occurs."""
    if run in words.counts or len(run) > MOST_TRIED or len(run) < 3:
        return
    spelled = pinyin.typed(run)
    if spelled and not spelled[1] and _spoken(spelled[0], searcher):
        return
    near = list(dict.fromkeys(slips(run)))
    latin = [one for one in near if one in words.counts]
    if latin:
        yield max(latin, key=lambda one: words.counts[one])
    best: tuple[int, str] = (0, "")
    for one in near:
        parts = pinyin.typed(one)
        if parts and not parts[1] and (number := _spoken(parts[0], searcher)) > best[0]:
            best = (number, _characters(parts[0], words) or one)
    if best[0]:
        yield best[1]


def _spoken(parts: Sequence[str], searcher: Searcher) -> int:
    """The rarest pair's number of entries; 0 when some pair occurs nowhere."""
    heard = [pinyin.heard(one) for one in parts]
    if len(heard) < 2:
        return 0
    return min(int(searcher.doc_freq("sound", pair)) for pair in pinyin.pairs(heard))


def _characters(parts: Sequence[str], words: Vocabulary) -> str:
    """The syllables as known words; empty when some stretch is none."""
    heard = [pinyin.heard(one) for one in parts]
    out, place = "", 0
    while place < len(heard):
        for size in range(min(LONGEST, len(heard) - place), 1, -1):
            known = words.by_sound.get("'".join(heard[place : place + size]))
            if known:
                out, place = out + known, place + size
                break
        else:
            return ""
    return out


def _syllable(one: str, known: Mapping[str, int]) -> str:
    if one in known or len(one) < 2:
        return one
    alphabet = "".join(sorted({letter for word in known for letter in word if letter != "་"}))
    near = [near for near in neighbours(one, alphabet) if near in known]
    return max(near, key=lambda found: known[found]) if near else one


def slips(word: str) -> Iterator[str]:
    """What lies one likely slip of the fingers away: letters swapped, one too many, one left out that pinyin often has,
    the key beside it. Trying every letter everywhere takes three times as long and finds little more."""
    for place, letter in enumerate(word):
        head, tail = word[:place], word[place:]
        if len(tail) > 1:
            yield head + tail[1] + letter + tail[2:]
        yield head + tail[1:]
        for other in BESIDE.get(letter, ""):
            yield head + other + tail[1:]
        for missed in MISSED:
            yield head + missed + tail
    for missed in MISSED:
        yield word + missed


def neighbours(word: str, alphabet: str) -> Iterator[str]:
    """What lies one slip away: two letters swapped, one left out, one put in, one for another."""
    for place in range(len(word)):
        head, tail = word[:place], word[place:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield head + tail[1:]
        for letter in alphabet:
            yield head + letter + tail[1:]
            yield head + letter + tail
    for letter in alphabet:
        yield word + letter


def warm() -> None:
    """Load the dictionaries before the first question."""
    chinese.warm()
    pinyin.of_run("共享")
