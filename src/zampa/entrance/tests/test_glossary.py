"""The glossary decides terms; interface texts keep to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from zampa.entrance import texts

GLOSSARY = Path(__file__).resolve().parents[4] / "docs" / "glossary.md"


class Term(NamedTuple):
    zh: str
    bo: str
    en: tuple[str, ...]
    never: tuple[str, ...]


def terms() -> Iterator[Term]:
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and re.search(r"[\u4e00-\u9fff]", cells[0]):
            yield Term(cells[0], cells[1], tuple(words(cells[2])), tuple(words(cells[4])))


def words(cell: str) -> list[str]:
    return [word.strip().lower() for word in cell.split(",") if word.strip()]


def forms(term: str) -> set[str]:
    """A term and its plural."""
    return {term, f"{term}s", f"{term}es", re.sub(r"y$", "ies", term)}


def translations(language: str) -> Iterator[tuple[str, str]]:
    for room in texts.rooms():
        for entry in texts.catalog_of(room, language):
            if entry.id:
                sources = (entry.id,) if isinstance(entry.id, str) else entry.id
                said = (entry.string,) if isinstance(entry.string, str) else entry.string
                yield sources[0], " ".join(said)


def test_every_term_of_the_design_is_decided_once() -> None:
    found = list(terms())
    assert len(found) > 35
    assert len({term.zh for term in found}) == len(found)
    for term in found:
        assert re.search(r"[\u0f40-\u0fbc]", term.bo) and term.en, term.zh
    wanted = "department system connection resource item placement attachment probe requester consumer request review "
    wanted += "grant delivery run objection record checkpoint filing case licence register installation level gateway "
    wanted += "notice message"
    assert set(wanted.split()) <= {word for term in found for word in term.en}


@pytest.mark.parametrize("term", list(terms()), ids=lambda term: term.zh)
def test_a_text_that_is_a_term_is_translated_as_decided(term: Term) -> None:
    allowed = set().union(*(forms(word) for word in term.en))
    for source, said in translations("en"):
        if source == term.zh and said:
            assert said.lower() in allowed, f"{source} is {said!r}, the glossary says {term.en}"
    for source, said in translations("bo"):
        if source == term.zh and said:
            assert said.rstrip("་། ").startswith(term.bo.rstrip("་། ")), (
                f"{source} is {said!r}, the glossary says {term.bo}"
            )


@pytest.mark.parametrize("term", [term for term in terms() if term.never], ids=lambda term: term.zh)
def test_words_the_glossary_refuses_are_not_used(term: Term) -> None:
    refused = [word for word in term.never if len(word) > 3]
    for source, said in translations("en"):
        if term.zh in source:
            used = [word for word in refused if re.search(rf"\b{re.escape(word)}s?\b", said.lower())]
            assert not used, f"{source} is {said!r}: use {term.en}"
