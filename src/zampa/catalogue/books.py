"""The book of a department's drafts: two sheets that can be filled in and read back."""

from __future__ import annotations

from collections.abc import Sequence

from django.http.response import HttpResponseBase

from zampa.catalogue import queries_sheets as queries
from zampa.catalogue.columns import ENTRY_COLUMNS, ITEM_COLUMNS, PARTS, entry_cells, item_cells, offered
from zampa.catalogue.models import Item, Resource
from zampa.contracts.actors import Actor
from zampa.desk.exports import BookSheet, export_book

CHUNK = 500


def book_of(actor: Actor, chosen: Sequence[str], *, empty: bool) -> HttpResponseBase:
    rows = queries.drafts_of(actor, chosen)
    rows = rows.none() if empty else rows
    entries = BookSheet(
        title=str(PARTS["entries"].title),
        heads=[str(head) for head in ENTRY_COLUMNS.values()],
        rows=(entry_cells(row) for row in rows.iterator(chunk_size=CHUNK)),
        words=offered(Resource, ENTRY_COLUMNS),
    )
    items = BookSheet(
        title=str(PARTS["items"].title),
        heads=[str(head) for head in ITEM_COLUMNS.values()],
        rows=(item_cells(row) for row in queries.items_of_drafts(rows).iterator(chunk_size=CHUNK)),
        words=offered(Item, ITEM_COLUMNS),
        most=20_000,
    )
    return export_book("catalogue", [entries, items])
