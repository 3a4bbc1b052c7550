"""Questions about standards: the register, and how items and elements fit."""

from zampa.standards.queries.naming import asked_of, naming_index, numbers_known, rules_of, suggested
from zampa.standards.queries.register import (
    all_values_of,
    code_list,
    code_list_named,
    code_lists,
    codes_of,
    document,
    documents,
    element,
    element_numbered,
    elements,
    elements_in_force,
    today,
    valid_on,
    value_at,
    values_of,
)

__all__ = [
    "all_values_of",
    "asked_of",
    "code_list",
    "code_list_named",
    "code_lists",
    "codes_of",
    "document",
    "documents",
    "element",
    "element_numbered",
    "elements",
    "elements_in_force",
    "naming_index",
    "numbers_known",
    "rules_of",
    "suggested",
    "today",
    "valid_on",
    "value_at",
    "values_of",
]
