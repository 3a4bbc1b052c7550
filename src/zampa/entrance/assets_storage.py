"""Hashed names for static files, so that browsers keep them for a year; plain names before they are gathered."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Gathered(CompressedManifestStaticFilesStorage):
    """A file missing from the manifest keeps its plain name instead of failing the page (tests, first start)."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
