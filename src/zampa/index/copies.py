"""One machine's copy of the index on its disk: opened for reading by any process, written by one.

A copy is a folder of generations; the file `current` names the one in use and is replaced whole, so a build that is
killed leaves the old one in use. A commit is atomic (the engine replaces one file), and the number of the last change
taken in lies in the index itself as one document, so that after `kill -9` the number and the entries are of one moment.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import tantivy

from zampa.ground.errors import Conflict, Unavailable
from zampa.ground.ids import new_id
from zampa.index.entries import ANYBODY, FACETS

FORMAT = 1  # raised with every change of fields or tokens: a copy of another format is built anew
MARK = "mark"
HEAP = 64 * 2**20
BUILD_HEAP = 384 * 2**20
TEXTS = ("name", "items", "about", "department_name", "bo", "sound", "initials")
log = logging.getLogger(__name__)


def fields() -> tantivy.Schema:
    """The fields of a document; every text is already tokens with spaces between."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("exact", "code", "seen"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="spaced", index_option="freq")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("published", "changed", "letters", "stamp"):
        builder.add_unsigned_field(name, fast=True, indexed=name == "published")
    builder.add_unsigned_field(MARK, stored=True)
    return builder.build()


def _opened(folder: Path) -> tantivy.Index:
    index = tantivy.Index(fields(), str(folder))
    spaced = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaced", spaced)
    return index


class View(NamedTuple):
    """A moment of the index: queries of one answer all ask the same one."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema
    moment: str


class Copy:
    """The copy below `folder`; one a process and folder is enough, it is safe in threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._index: tantivy.Index | None = None
        self._moment = ""

    @property
    def generation(self) -> Path | None:
        """The folder in use; None while there is none of this format."""
        try:
            name = (self.folder / "current").read_text().strip()
        except OSError:
            return None
        found = self.folder / name
        return found if name.startswith(f"f{FORMAT}-") and (found / "meta.json").exists() else None

    def view(self) -> View:
        """The newest commit; Unavailable while the index is not there yet."""
        generation = self.generation
        if generation is None:
            raise Unavailable("index.copy.not_ready")
        said = (generation / "meta.json").stat()
        moment = f"{generation.name}:{said.st_ino}:{said.st_mtime_ns}"
        with self._lock:
            if self._index is None or not self._moment.startswith(generation.name + ":"):
                self._index = _opened(generation)
            elif moment != self._moment:
                self._index.reload()
            self._moment = moment
            return View(self._index.searcher(), self._index.schema, moment)

    def mark(self) -> int:
        """The number of the last change taken in."""
        return mark_of(self.view())

    def writer(self) -> Writer:
        """The one writer; Conflict while another process has it."""
        generation = self.generation
        if generation is None:
            raise Unavailable("index.copy.not_ready")
        return Writer(generation, HEAP, 1)

    def begin(self, threads: int = 2) -> Building:
        """A new generation beside the one in use, unseen until it is finished."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.folder / f"f{FORMAT}-{new_id().hex}"
        folder.mkdir(mode=0o700)
        return Building(self.folder, Writer(folder, BUILD_HEAP, threads))


def mark_of(view: View) -> int:
    asked = tantivy.Query.term_query(view.schema, "id", MARK, "basic")
    hits = view.searcher.search(asked, 1, count=False).hits
    return int(view.searcher.doc(hits[0][1])[MARK][0]) if hits else 0


class Writer:
    """Takes entries in and out; nothing is seen, and nothing lasts, before `commit`."""

    def __init__(self, folder: Path, heap: int, threads: int) -> None:
        self.folder = folder
        self._index = _opened(folder)
        try:
            self._writer = self._index.writer(heap, threads)
        except ValueError as taken:  # the engine's lock, which the system frees when its holder dies
            raise Conflict("index.writer.taken") from taken

    def put(self, key: str, document: str) -> None:
        self.drop(key)
        self._writer.add_json(document)

    def put_new(self, document: str) -> None:
        """For a generation that is being built, where no key comes twice."""
        self._writer.add_json(document)

    def drop(self, key: str) -> None:
        self._writer.delete_documents_by_term("id", key)

    def commit(self, mark: int) -> None:
        """Make it last, together with the number of the last change it holds."""
        self._writer.delete_documents_by_term("id", MARK)
        self._writer.add_json(f'{{"id":"{MARK}","{MARK}":{mark}}}')
        self._writer.commit()

    def close(self) -> None:
        self._writer.wait_merging_threads()


class Building:
    """A generation in the making."""

    def __init__(self, home: Path, writer: Writer) -> None:
        self.home = home
        self.writer = writer

    def finish(self, mark: int) -> None:
        """Commit, put it in the place of the old one, and clear away what is no longer used."""
        self.writer.commit(mark)
        self.writer.close()
        pointer = self.home / "current.new"
        pointer.write_text(self.writer.folder.name)
        with pointer.open() as written:
            os.fsync(written.fileno())
        pointer.replace(self.home / "current")
        for other in self.home.iterdir():
            if other.is_dir() and other != self.writer.folder:
                shutil.rmtree(other, ignore_errors=True)

    def give_up(self) -> None:
        shutil.rmtree(self.writer.folder, ignore_errors=True)


def state_of(view: View) -> tuple[int, int]:
    """How many entries, and the sum of their stamps: what the database must say as well."""
    asked = tantivy.Query.term_query(view.schema, "seen", ANYBODY, "basic")
    told = view.searcher.aggregate(
        asked, {"sum": {"sum": {"field": "stamp"}}, "count": {"value_count": {"field": "stamp"}}}
    )
    return int(told["count"]["value"] or 0), int(told["sum"]["value"] or 0)
