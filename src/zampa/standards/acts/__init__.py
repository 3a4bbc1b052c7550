"""Every write of this room, one verb a function."""

from zampa.standards.acts.documents import (
    abolish_document,
    add_document_paper,
    bring_in_force,
    change_document,
    enter_document,
    note_adoption,
    remove_document_paper,
)
from zampa.standards.acts.elements import (
    change_element,
    decide_element,
    end_element,
    enter_element,
    propose_element,
)
from zampa.standards.acts.importing import import_elements, load_packaged_elements
from zampa.standards.acts.lists import change_list, end_list, enter_list, load_values
from zampa.standards.acts.loading import load_packaged_lists
from zampa.standards.acts.rules import drop_rule, state_rule
from zampa.standards.acts.words import note_word

__all__ = [
    "abolish_document",
    "add_document_paper",
    "bring_in_force",
    "change_document",
    "change_element",
    "change_list",
    "decide_element",
    "drop_rule",
    "end_element",
    "end_list",
    "enter_document",
    "enter_element",
    "enter_list",
    "import_elements",
    "load_packaged_elements",
    "load_packaged_lists",
    "load_values",
    "note_adoption",
    "note_word",
    "propose_element",
    "remove_document_paper",
    "state_rule",
]
