"""Tables of the catalogue, one file a subject."""

from zampa.catalogue.models.attachments import Attachment, Dependant, Probe, SourceDay
from zampa.catalogue.models.classification import GUIDE, ClassMap, ClassNode, Placement, Scheme
from zampa.catalogue.models.collections import CollectedItem, Collection
from zampa.catalogue.models.drafting import DraftingJob, DraftingTable
from zampa.catalogue.models.impacts import Impact
from zampa.catalogue.models.imports import ColumnMap, Import, ImportNote
from zampa.catalogue.models.lineage import LineageEvent
from zampa.catalogue.models.peers import Peer, PeerCode
from zampa.catalogue.models.quality import Judgement, QualityRule, Ruling, SampledRow, TableProfile
from zampa.catalogue.models.resources import (
    Basis,
    Item,
    Opening,
    Resource,
    Sharing,
    StandingDecision,
    Version,
)
from zampa.catalogue.models.searches import Change, SavedSearch
from zampa.catalogue.models.secrets import SecretWord

__all__ = [
    "GUIDE",
    "Attachment",
    "Basis",
    "Change",
    "ClassMap",
    "ClassNode",
    "CollectedItem",
    "Collection",
    "ColumnMap",
    "Dependant",
    "DraftingJob",
    "DraftingTable",
    "Impact",
    "Import",
    "ImportNote",
    "Item",
    "Judgement",
    "LineageEvent",
    "Opening",
    "Peer",
    "PeerCode",
    "Placement",
    "Probe",
    "QualityRule",
    "Resource",
    "Ruling",
    "SampledRow",
    "SavedSearch",
    "Scheme",
    "SecretWord",
    "Sharing",
    "SourceDay",
    "StandingDecision",
    "TableProfile",
    "Version",
]
