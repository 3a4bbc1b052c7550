"""Everything that changes the catalogue."""

from zampa.catalogue.acts.attachments import apply_attachment, approve_attachment, end_attachment
from zampa.catalogue.acts.binding import bind_items, follow_elements
from zampa.catalogue.acts.changes import change_resource, drop_change
from zampa.catalogue.acts.classes import SchemeFacts, import_classes, load_classes, map_class, unmap_class
from zampa.catalogue.acts.collections import CollectionDraft, end_collection, register_collection, rule_collection
from zampa.catalogue.acts.dependants import note_dependant, note_dependant_gone
from zampa.catalogue.acts.drafts import Draft, ItemDraft, draft_resource, edit_items, edit_resource
from zampa.catalogue.acts.drift import propose_change
from zampa.catalogue.acts.impacts import assess_impact
from zampa.catalogue.acts.lineage import note_lineage, send_lineage
from zampa.catalogue.acts.online import ask_offline, ask_online, decide_online
from zampa.catalogue.acts.peers import add_peer, drop_peer_code, load_peers, state_peer_code
from zampa.catalogue.acts.placing import Place, place_resource
from zampa.catalogue.acts.probes import probe_all, probe_attachment, probe_due
from zampa.catalogue.acts.profiles import ask_profile, perform_profile
from zampa.catalogue.acts.quality import (
    ask_judgement,
    drop_rule,
    judge_due,
    note_delivery_checks,
    perform_judgement,
    state_rule,
)
from zampa.catalogue.acts.reflecting import draft_from_table
from zampa.catalogue.acts.restoring import restore_resource
from zampa.catalogue.acts.reviews import review_resource, sign_resource, submit_resource, withdraw_resource
from zampa.catalogue.acts.samples import expire_samples, read_samples
from zampa.catalogue.acts.secrets import add_secret_word, added_words, withdraw_secret_word
from zampa.catalogue.acts.standing import end_standing_decision, sign_standing_decision
from zampa.catalogue.acts.troubles import tell_overdue

__all__ = [
    "CollectionDraft",
    "Draft",
    "ItemDraft",
    "Place",
    "SchemeFacts",
    "add_peer",
    "add_secret_word",
    "added_words",
    "apply_attachment",
    "approve_attachment",
    "ask_judgement",
    "ask_offline",
    "ask_online",
    "ask_profile",
    "assess_impact",
    "bind_items",
    "change_resource",
    "decide_online",
    "draft_from_table",
    "draft_resource",
    "drop_change",
    "drop_peer_code",
    "drop_rule",
    "edit_items",
    "edit_resource",
    "end_attachment",
    "end_collection",
    "end_standing_decision",
    "expire_samples",
    "follow_elements",
    "import_classes",
    "judge_due",
    "load_classes",
    "load_peers",
    "map_class",
    "note_delivery_checks",
    "note_dependant",
    "note_dependant_gone",
    "note_lineage",
    "perform_judgement",
    "perform_profile",
    "place_resource",
    "probe_all",
    "probe_attachment",
    "probe_due",
    "propose_change",
    "read_samples",
    "register_collection",
    "restore_resource",
    "review_resource",
    "rule_collection",
    "send_lineage",
    "sign_resource",
    "sign_standing_decision",
    "state_peer_code",
    "state_rule",
    "submit_resource",
    "tell_overdue",
    "unmap_class",
    "withdraw_resource",
    "withdraw_secret_word",
]
