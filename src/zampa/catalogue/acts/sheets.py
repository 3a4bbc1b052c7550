"""Entries and their items from a book filled in elsewhere: all of it, or nothing and every wrong cell told at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models

from zampa.catalogue import queries, rules
from zampa.catalogue.acts.drafts import Draft, ItemDraft, draft_of, draft_resource, edit_items, edit_resource, entry_of
from zampa.catalogue.columns import FLAGS, ITEM_FIELDS, NUMBERS, PARTS, values_by_word
from zampa.catalogue.events import Event
from zampa.catalogue.models import GUIDE, Item, Resource
from zampa.census import queries as census
from zampa.contracts.actors import Actor, Subject
from zampa.desk.sheets import Line, Sheet, first, read_book
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, Fault, NotFound, NotValid
from zampa.ledger.acts import act, enter

MOST_ENTRIES = 1_000
MOST_ITEMS = 20_000
MARKS = str.maketrans({"，": ",", "、": ",", ";": ",", "；": ","})


class Taken(NamedTuple):
    """What came out of a book."""

    entered: int
    changed: int


@act
def import_entries(*, by: Actor, name: str, content: bytes, now: datetime | None = None) -> Taken:
    """New entries become drafts of the actor's department, those it has (by their mark or name) are changed.

    A column that is not in the file keeps what is stored; an entry without rows in the items' sheet keeps its items.
    NotValid with a fault a cell ("sheet!B7"), and nothing is written.
    """
    now = now or utc_now()
    rules.may_edit(by, by.department).require()
    sheets = read_book(content, PARTS)
    entries, items = sheets["entries"], sheets["items"]
    for sheet, most in ((entries, MOST_ENTRIES), (items, MOST_ITEMS)):
        if len(sheet.lines) > most:
            raise NotValid("desk.sheet.too_many_rows", limit=f"{most:,}")
    book = _Book(by, entries, items)
    taken = [book.write(line, now) for line in entries.lines]
    if book.faults:
        raise NotValid("catalogue.sheet.not_valid", faults=first(book.faults), count=len(book.faults))
    done = Taken(sum(taken), len(taken) - sum(taken))
    subject = Subject("catalogue.import", name[:64], name[:200])
    facts = {"file": name[:200], "entered": done.entered, "changed": done.changed, "items": len(items.lines)}
    enter(event=Event.RESOURCES_IMPORTED, by=by, subject=subject, parties=[by.department], facts=facts, at=now)
    return done


class _Book:
    """A book being taken in; `faults` gathers everything wrong in it."""

    def __init__(self, by: Actor, entries: Sheet, items: Sheet) -> None:
        self.by, self.entries, self.items = by, entries, items
        self.faults: list[Fault] = []
        self.cells: set[str] = set()
        self.words: dict[tuple[type[models.Model], str], dict[str, str]] = {}
        self.systems = {row.name: str(row.pk) for row in census.systems_of(by).filter(department_id=by.department)}
        mine = Resource.objects.filter(provider_id=UUID(by.department), state__in=("draft", "returned"))
        self.known = {str(row.pk): row for row in mine}
        self.by_name = {row.name: row for row in mine if row.replaces_id is None}
        self.rows: dict[str, list[Line]] = defaultdict(list)
        named = {line.get("name") for line in entries.lines}
        for line in items.lines:
            if line.get("resource") not in named:
                self._wrong(items, line, "resource", "catalogue.sheet.no_entry", name=line.get("resource")[:80])
            self.rows[line.get("resource")].append(line)
        self.seen: set[str] = set()

    def write(self, line: Line, now: datetime) -> bool:
        """One entry with its items; whether it is new."""
        held = self._held(line)
        values = dict(self._values(self.entries, line, Resource))
        name = line.get("name")
        if name in self.seen:
            self._wrong(self.entries, line, "name", "catalogue.sheet.twice", name=name[:80])
            return held is None
        self.seen.add(name)
        draft = replace(entry_of(held) if held else Draft(**{**BLANK, "name": name}), **values)
        stored = {str(item.pk): item for item in queries.items_of(held.pk)} if held else {}
        drafts = self._items(self.rows[name], stored)
        try:
            if held is None:
                draft_resource(by=self.by, draft=draft, items=drafts, now=now)
            else:
                edit_resource(by=self.by, resource_id=held.pk, draft=draft, now=now)
                if self.rows[name]:
                    edit_items(by=self.by, resource_id=held.pk, items=drafts, now=now)
        except (NotValid, Conflict, NotFound) as error:
            self._placed(line, self.rows[name], error)
        return held is None

    def _held(self, line: Line) -> Resource | None:
        mark = line.get("id")
        if mark and mark not in self.known:
            self._wrong(self.entries, line, "id", "catalogue.sheet.unknown_mark")
        return self.known.get(mark) or self.by_name.get(line.get("name"))

    def _items(self, lines: Sequence[Line], stored: Mapping[str, Item]) -> list[ItemDraft]:
        by_name = {item.name: item for item in stored.values()}
        drafts = []
        for line in lines:
            mark = line.get("id")
            if mark and mark not in stored:
                self._wrong(self.items, line, "id", "catalogue.sheet.unknown_mark")
            item = stored.get(mark) or by_name.get(line.get("name"))
            base = draft_of(item) if item else ItemDraft(**{**BLANK_ITEM, "name": line.get("name")})
            drafts.append(replace(base, **dict(self._values(self.items, line, Item))))
        return drafts

    def _values(self, sheet: Sheet, line: Line, model: type[Resource] | type[Item]) -> Iterator[tuple[str, Any]]:
        """The cells of a row as values; a wrong one is noted and left as it was."""
        for name in sheet.places:
            if name in ("id", "resource"):
                continue
            text = line.get(name)
            if name == "class_code":
                scheme, _colon, code = text.split(" ", 1)[0].rpartition(":")
                yield from (("code_scheme", scheme or GUIDE), ("class_code", code))
            elif name == "system":
                if text and text not in self.systems:
                    self._wrong(sheet, line, name, "catalogue.sheet.unknown_system", name=text[:80])
                yield "system_id", self.systems.get(text)
            elif name == "related_codes":
                yield name, text.translate(MARKS).replace(",", " ").split()
            elif name in NUMBERS:
                if text and not (text.isascii() and text.isdigit() and len(text) < 8):
                    self._wrong(sheet, line, name, "catalogue.sheet.no_number", text=text[:40])
                else:
                    yield name, int(text) if text else None
            else:
                yield name, self._word(sheet, line, model, name, text)

    def _word(self, sheet: Sheet, line: Line, model: type[Resource] | type[Item], name: str, text: str) -> object:
        key = (model, name)
        if key not in self.words:
            self.words[key] = values_by_word(model, name)
        words = self.words[key]
        if not words:
            most = getattr(model._meta.get_field(name), "max_length", None)
            if most and len(text) > most:
                self._wrong(sheet, line, name, "catalogue.sheet.too_long", most=most)
            return text[:most]
        given = (
            [part.strip() for part in text.translate(MARKS).split(",") if part.strip()] if name == "ways" else [text]
        )
        found = []
        for one in given:
            if one and one.casefold() not in words:
                self._wrong(sheet, line, name, "catalogue.sheet.unknown_word", text=one[:40])
            found.append(words.get(one.casefold(), ""))
        if name == "ways":
            return [one for one in found if one]
        if name in FLAGS:
            return found[0] == "yes" or (name == "nullable" and not found[0])
        return found[0]

    def _placed(self, line: Line, rows: Sequence[Line], error: NotValid | Conflict | NotFound) -> None:
        """What the act itself refused, at its cell."""
        for fault in error.faults or [Fault("name", error.code, error.params)]:
            head, _dot, rest = fault.where.partition(".")
            number, _dot, part = rest.partition(".")
            if head == "items" and number.isdigit() and 0 < int(number) <= len(rows):
                kind = "type" if fault.code == "catalogue.item.unknown_type" else "name"
                at, where = rows[int(number) - 1], part if part in ITEM_FIELDS else kind
                self._fault(Fault(self.items.where(at, where), fault.code, fault.params))
            else:
                self._fault(Fault(self.entries.where(line, head), fault.code, fault.params))

    def _wrong(self, sheet: Sheet, line: Line, where: str, code: str, /, **params: object) -> None:
        self._fault(Fault(sheet.where(line, where), code, params))

    def _fault(self, fault: Fault) -> None:
        """One a cell: what the cell itself shows is told before what followed from it."""
        if fault.where not in self.cells:
            self.cells.add(fault.where)
            self.faults.append(fault)


# What a cell left empty says: nothing. A word not given is never made up; submitting asks for it.
BLANK: dict[str, Any] = dict.fromkeys(("format", "category", "sharing", "opening", "update_cycle", "grade"), "")
BLANK_ITEM: dict[str, Any] = dict.fromkeys(("type", "sensitivity", "sharing", "opening"), "")
