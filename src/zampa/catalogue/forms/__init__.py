"""What clerks fill in, a file a subject."""

from zampa.catalogue.forms.entries import ChangeForm, ResourceForm, VerdictForm
from zampa.catalogue.forms.items import ItemForm, Items
from zampa.catalogue.forms.sources import AttachForm, PathForm, SourceForm, TableForm

__all__ = [
    "AttachForm",
    "ChangeForm",
    "ItemForm",
    "Items",
    "PathForm",
    "ResourceForm",
    "SourceForm",
    "TableForm",
    "VerdictForm",
]
