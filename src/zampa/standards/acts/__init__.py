"""Every write of this room, one verb a function."""

from zampa.standards.acts.loading import load_packaged_lists
from zampa.standards.acts.words import note_word

__all__ = ["load_packaged_lists", "note_word"]
