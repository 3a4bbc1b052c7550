"""Interface texts: gathered from templates and Python into each room's locale, compiled without a gettext binary.

`python -m zampa.entrance.texts extract [room ...]` updates locale/{en,bo}/LC_MESSAGES/django.po, `missing`
lists what has no translation, `compile` writes the .mo files, which are not committed. The source language is
Chinese. Each file states in its header whether a person has reviewed it (X-Translation-Status: draft or reviewed).
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "bo")
STATUS = "X-Translation-Status"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "now_text": None,
    "lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Found = tuple[str, int, str | tuple[str, ...], str | None]


def rooms() -> list[Path]:
    """Rooms that speak: those with templates, or with texts in their Python."""
    return sorted(path.parent for path in PACKAGE.glob("*/apps.py"))


def messages_of(room: Path) -> Iterator[Found]:
    """File, line, message (or singular and plural) and context of every text of a room."""
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]):
        inside = path.relative_to(room)
        if inside.parts[0] in {"tests", "migrations", "locale", "data", "static"}:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            if path.parts[-3:-2] != ("templates",) and "templates" not in inside.parts:
                continue
            # Templates become Python-like text; its indentation means nothing and would only trip the tokenizer.
            text = re.sub(r"(?m)^[ \t]+", "", templatize(text))
        for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            yield str(inside), line, message, context


def po_path(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def catalog_of(room: Path, language: str) -> Catalog:
    """What is on file, or a new catalogue marked as a draft."""
    path = po_path(room, language)
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    return Catalog(locale=language, project="Zampa", charset="utf-8", fuzzy=False)


def _translated(entry: Message) -> bool:
    """Whether any form of the text has a translation."""
    forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    return any(forms)


def _remember(catalog: Catalog, language: str) -> None:
    """Fill texts without a translation from another room that says the same: one text, one translation."""
    known: dict[object, object] = {}
    for room in rooms():
        for entry in catalog_of(room, language):
            if entry.id and _translated(entry):
                known.setdefault(entry.id, entry.string)
    for entry in catalog:
        if entry.id and not _translated(entry):
            entry.string = known.get(entry.id, entry.string)  # type: ignore[assignment]


def status_of(room: Path, language: str) -> str:
    """draft or reviewed, as the file's header says; a new file is a draft."""
    path = po_path(room, language)
    found = re.search(rf'"{STATUS}: (\w+)', path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1] if found else "draft"


def template_of(room: Path) -> Catalog:
    template = Catalog(project="Zampa", charset="utf-8", fuzzy=False)
    for file, _line, message, context in messages_of(room):
        template.add(message, locations=[(file, 0)], context=context)
    return template


def update(room: Path, language: str) -> Catalog:
    """The room's catalogue with today's messages; texts that are gone are dropped, nothing is guessed."""
    catalog, template = catalog_of(room, language), template_of(room)
    status = status_of(room, language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for entry in catalog:
        if entry.id and entry.fuzzy:  # a text that became plural: said anew, not guessed
            entry.flags.discard("fuzzy")
            entry.string = ("",) * catalog.num_plurals if entry.pluralizable else ""
    _remember(catalog, language)
    path = po_path(room, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(catalog, language, status), encoding="utf-8")
    return catalog


def _text(catalog: Catalog, language: str, status: str) -> str:
    """PO text with a short, stable header: no dates and no file lines, so that a diff shows only texts."""
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True, sort_by_file=True, include_lineno=False, include_previous=False)
    plural = str(catalog.plural_forms)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {plural}\\n"\n"{STATUS}: {status}\\n"\n\n'
    )
    return header + out.getvalue().decode("utf-8")


def missing(room: Path, language: str) -> list[str]:
    """Messages of the room that its catalogue does not translate."""
    catalog = catalog_of(room, language)
    lacking = []
    for _file, _line, message, context in messages_of(room):
        singular = message if isinstance(message, str) else message[0]
        entry = catalog.get(singular, context)
        words = (entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)) if entry else ()
        if not entry or entry.fuzzy or not all(words):
            lacking.append(singular)
    return sorted(set(lacking))


def compile_all() -> int:
    """Write every .mo; returns how many."""
    count = 0
    for room in rooms():
        for language in LANGUAGES:
            path = po_path(room, language)
            if path.exists():
                with path.with_suffix(".mo").open("wb") as file:
                    write_mo(file, catalog_of(room, language))
                count += 1
    return count


def main(arguments: list[str]) -> int:
    verb, names = (arguments or [""])[0], arguments[1:]
    chosen: Iterable[Path] = [room for room in rooms() if not names or room.name in names]
    if verb == "compile":
        print(f"{compile_all()} catalogues compiled", file=sys.stderr)
        return 0
    if verb not in {"extract", "missing"}:
        print("usage: python -m zampa.entrance.texts extract|missing|compile [room ...]", file=sys.stderr)
        return 2
    settings.configure(USE_I18N=True)  # templatize asks for nothing else
    lacking = 0
    for room in chosen:
        for language in LANGUAGES:
            if verb == "extract" and any(True for _ in messages_of(room)):
                update(room, language)
            for message in missing(room, language):
                lacking += 1
                if verb == "missing":
                    print(f"{room.name}\t{language}\t{message!r}")
    print(f"{lacking} texts lack a translation", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
