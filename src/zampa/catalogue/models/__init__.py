"""Tables of the catalogue, one file a subject."""

from zampa.catalogue.models.attachments import Attachment, Dependant, Probe, SourceDay
from zampa.catalogue.models.quality import Judgement, QualityRule, Ruling, SampledRow
from zampa.catalogue.models.resources import (
    Basis,
    ClassNode,
    Item,
    Opening,
    Resource,
    Sharing,
    StandingDecision,
    Version,
)
from zampa.catalogue.models.searches import Change, SavedSearch

__all__ = [
    "Attachment",
    "Basis",
    "Change",
    "ClassNode",
    "Dependant",
    "Item",
    "Judgement",
    "Opening",
    "Probe",
    "QualityRule",
    "Resource",
    "Ruling",
    "SampledRow",
    "SavedSearch",
    "Sharing",
    "SourceDay",
    "StandingDecision",
    "Version",
]
