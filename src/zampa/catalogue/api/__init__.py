"""The JSON API of the catalogue. The acts decide who may."""

from ninja import Router

from zampa.catalogue.api import (
    attaching,
    classifying,
    collecting,
    deciding,
    drafting,
    entries,
    impacts,
    imports,
    lineage,
    peers,
    quality,
    searching,
    secrets,
    sheets,
)

router = Router(tags=["catalogue"])
for part in (
    entries,
    classifying,
    drafting,
    deciding,
    impacts,
    collecting,
    lineage,
    attaching,
    quality,
    searching,
    secrets,
    sheets,
    peers,
    imports,
):
    router.add_router("", part.router)
