"""Files people fill in elsewhere."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zampa.desk.forms import DeskForm


class BookForm(DeskForm):
    """A book of ours, filled in."""

    file = forms.FileField(label=_("文件"), help_text=_("XLSX，表头与模板相同，最大 20 MB"))
