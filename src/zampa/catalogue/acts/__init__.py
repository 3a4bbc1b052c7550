"""Everything that changes the catalogue."""

from zampa.catalogue.acts.attachments import apply_attachment, approve_attachment, end_attachment, probe_attachment
from zampa.catalogue.acts.classes import load_classes
from zampa.catalogue.acts.dependants import note_dependant, note_dependant_gone
from zampa.catalogue.acts.drafts import (
    Draft,
    ItemDraft,
    change_resource,
    draft_from_table,
    draft_resource,
    edit_items,
    edit_resource,
)
from zampa.catalogue.acts.reviews import review_resource, sign_resource, submit_resource, withdraw_resource

__all__ = [
    "Draft",
    "ItemDraft",
    "apply_attachment",
    "approve_attachment",
    "change_resource",
    "draft_from_table",
    "draft_resource",
    "edit_items",
    "edit_resource",
    "end_attachment",
    "load_classes",
    "note_dependant",
    "note_dependant_gone",
    "probe_attachment",
    "review_resource",
    "sign_resource",
    "submit_resource",
    "withdraw_resource",
]
