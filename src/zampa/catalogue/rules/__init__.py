"""The catalogue's pure decisions, a file a subject; every answer carries its reason."""

from zampa.catalogue.rules.access import may_attach, may_edit, may_review, may_sign, may_stand, next_state
from zampa.catalogue.rules.classes import ClassRow, may_keep_classes, read_classes, text_of_file
from zampa.catalogue.rules.comparing import column_differences, differences, drift
from zampa.catalogue.rules.entries import (
    Entry,
    EntryItem,
    faults_of,
    grade_of,
    item_faults,
    sharing_faults,
    type_letter,
    warnings_of,
)
from zampa.catalogue.rules.freshness import late_by, next_look, verdict, worse
from zampa.catalogue.rules.selects import checked_select
from zampa.catalogue.rules.suggestions import Suggestion, about_people, checks_for, item_name, sharing_of, suggest

__all__ = [
    "ClassRow",
    "Entry",
    "EntryItem",
    "Suggestion",
    "about_people",
    "checked_select",
    "checks_for",
    "column_differences",
    "differences",
    "drift",
    "faults_of",
    "grade_of",
    "item_faults",
    "item_name",
    "late_by",
    "may_attach",
    "may_edit",
    "may_keep_classes",
    "may_review",
    "may_sign",
    "may_stand",
    "next_look",
    "next_state",
    "read_classes",
    "sharing_faults",
    "sharing_of",
    "suggest",
    "text_of_file",
    "type_letter",
    "verdict",
    "warnings_of",
    "worse",
]
