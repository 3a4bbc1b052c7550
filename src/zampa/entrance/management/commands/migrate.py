from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate

from zampa.approvals import acts as approvals
from zampa.catalogue import acts as catalogue
from zampa.contracts.actors import SYSTEM
from zampa.identity import acts as identity
from zampa.standards import acts as standards


class Command(Migrate):
    help = "Bring the database to this version, and load the codes and policy profiles the product carries."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        whole = not (options.get("plan") or options.get("check_unapplied") or options.get("app_label"))
        if whole and settings.ZAMPA_LOADS_CODES:
            identity.load_packaged_regions(by=SYSTEM)
            approvals.load_packaged_profiles(by=SYSTEM)
            standards.load_packaged_lists(by=SYSTEM)
            standards.load_packaged_elements(by=SYSTEM)
            catalogue.load_classes(by=SYSTEM)
            catalogue.load_peers(by=SYSTEM)
