"""Tables of the catalogue, one file a subject."""

from zampa.catalogue.models.attachments import Attachment, Dependant, Probe, SourceDay
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

__all__ = [
    "Attachment",
    "Basis",
    "ClassNode",
    "Dependant",
    "Item",
    "Opening",
    "Probe",
    "Resource",
    "Sharing",
    "SourceDay",
    "StandingDecision",
    "Version",
]
