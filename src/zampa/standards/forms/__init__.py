"""What people fill in, a file a subject."""

from zampa.standards.forms.documents import AdoptionForm, DocumentForm, InForceForm, ListForm, PaperForm, ReasonForm
from zampa.standards.forms.elements import DecideForm, ElementForm, EndForm, FileForm
from zampa.standards.forms.rules import RuleForm

__all__ = [
    "AdoptionForm",
    "DecideForm",
    "DocumentForm",
    "ElementForm",
    "EndForm",
    "FileForm",
    "InForceForm",
    "ListForm",
    "PaperForm",
    "ReasonForm",
    "RuleForm",
]
