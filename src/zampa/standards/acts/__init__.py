"""Every write of this room, one verb a function."""

from zampa.standards.acts.loading import load_packaged_lists

__all__ = ["load_packaged_lists"]
