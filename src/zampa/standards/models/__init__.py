"""Tables of the standards: documents, data elements with their synonyms and rules, code lists with their values."""

from zampa.standards.models.documents import Adoption, Document, DocumentPaper
from zampa.standards.models.elements import Element, ElementRule, ElementVersion, Synonym
from zampa.standards.models.lists import CodeList, CodeValue

__all__ = [
    "Adoption",
    "CodeList",
    "CodeValue",
    "Document",
    "DocumentPaper",
    "Element",
    "ElementRule",
    "ElementVersion",
    "Synonym",
]
