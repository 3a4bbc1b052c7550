"""Standards as JSON."""

from ninja import Router

from zampa.standards.api import elements, lists

router = Router(tags=["standards"])
router.add_router("", elements.router)
router.add_router("", lists.router)
