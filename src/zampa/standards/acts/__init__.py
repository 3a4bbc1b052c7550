"""Every write of this room, one verb a function."""

from zampa.standards.acts.elements import (
    change_element,
    decide_element,
    end_element,
    enter_element,
    propose_element,
)
from zampa.standards.acts.importing import import_elements, load_packaged_elements
from zampa.standards.acts.loading import load_packaged_lists
from zampa.standards.acts.rules import drop_rule, state_rule
from zampa.standards.acts.words import note_word

__all__ = [
    "change_element",
    "decide_element",
    "drop_rule",
    "end_element",
    "enter_element",
    "import_elements",
    "load_packaged_elements",
    "load_packaged_lists",
    "note_word",
    "propose_element",
    "state_rule",
]
