"""The catalogue's pure decisions, a file a subject; every answer carries its reason."""

from zampa.catalogue.rules.access import (
    may_attach,
    may_edit,
    may_keep_secrets,
    may_review,
    may_sign,
    may_stand,
    next_state,
)
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
from zampa.catalogue.rules.extras import (
    EXTRAS,
    FORMAT_KINDS,
    ITEM_EXTRAS,
    extra_faults,
    format_faults,
    item_extra_faults,
)
from zampa.catalogue.rules.freshness import late_by, next_look, verdict, worse
from zampa.catalogue.rules.guesses import Class, Guess, guess_class, guess_name, guess_sharing
from zampa.catalogue.rules.secrets import CARRIED, plain, secret_hits
from zampa.catalogue.rules.selects import checked_select
from zampa.catalogue.rules.suggestions import Suggestion, about_people, checks_for, item_name, sharing_of, suggest

__all__ = [
    "CARRIED",
    "EXTRAS",
    "FORMAT_KINDS",
    "ITEM_EXTRAS",
    "Class",
    "ClassRow",
    "Entry",
    "EntryItem",
    "Guess",
    "Suggestion",
    "about_people",
    "checked_select",
    "checks_for",
    "column_differences",
    "differences",
    "drift",
    "extra_faults",
    "faults_of",
    "format_faults",
    "grade_of",
    "guess_class",
    "guess_name",
    "guess_sharing",
    "item_extra_faults",
    "item_faults",
    "item_name",
    "late_by",
    "may_attach",
    "may_edit",
    "may_keep_classes",
    "may_keep_secrets",
    "may_review",
    "may_sign",
    "may_stand",
    "next_look",
    "next_state",
    "plain",
    "read_classes",
    "secret_hits",
    "sharing_faults",
    "sharing_of",
    "suggest",
    "text_of_file",
    "type_letter",
    "verdict",
    "warnings_of",
    "worse",
]
