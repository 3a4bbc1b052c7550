"""What clerks fill in, a file a subject."""

from zampa.catalogue.forms.classes import ImportClassesForm, MapForm, PlacesForm
from zampa.catalogue.forms.entries import ChangeForm, ResourceForm, VerdictForm
from zampa.catalogue.forms.items import ItemForm, Items
from zampa.catalogue.forms.sources import AttachForm, PathForm, SourceForm, TableForm

__all__ = [
    "AttachForm",
    "ChangeForm",
    "ImportClassesForm",
    "ItemForm",
    "Items",
    "MapForm",
    "PathForm",
    "PlacesForm",
    "ResourceForm",
    "SourceForm",
    "TableForm",
    "VerdictForm",
]
