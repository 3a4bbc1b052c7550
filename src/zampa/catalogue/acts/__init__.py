"""Everything that changes the catalogue."""

from zampa.catalogue.acts.attachments import apply_attachment, approve_attachment, end_attachment
from zampa.catalogue.acts.binding import bind_items, follow_elements
from zampa.catalogue.acts.changes import change_resource, drop_change
from zampa.catalogue.acts.classes import load_classes
from zampa.catalogue.acts.dependants import note_dependant, note_dependant_gone
from zampa.catalogue.acts.drafts import Draft, ItemDraft, draft_resource, edit_items, edit_resource
from zampa.catalogue.acts.probes import probe_all, probe_attachment, probe_due
from zampa.catalogue.acts.reflecting import draft_from_table
from zampa.catalogue.acts.reviews import review_resource, sign_resource, submit_resource, withdraw_resource
from zampa.catalogue.acts.standing import end_standing_decision, sign_standing_decision
from zampa.catalogue.acts.troubles import tell_overdue

__all__ = [
    "Draft",
    "ItemDraft",
    "apply_attachment",
    "approve_attachment",
    "bind_items",
    "change_resource",
    "draft_from_table",
    "draft_resource",
    "drop_change",
    "edit_items",
    "edit_resource",
    "end_attachment",
    "end_standing_decision",
    "follow_elements",
    "load_classes",
    "note_dependant",
    "note_dependant_gone",
    "probe_all",
    "probe_attachment",
    "probe_due",
    "review_resource",
    "sign_resource",
    "sign_standing_decision",
    "submit_resource",
    "tell_overdue",
    "withdraw_resource",
]
