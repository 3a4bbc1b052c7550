import sys
from typing import Any

from django.core.management.base import BaseCommand

from zampa.ledger.exports import main


class Command(BaseCommand):
    help = "Export the ledger: zampa ledger export FILE --hashes | --bodies."

    def run_from_argv(self, argv: list[str]) -> None:
        """The room has its own small command line; this only opens the door to it."""
        sys.exit(main(argv[2:]))

    def handle(self, *args: Any, **given: Any) -> None:
        main(["--help"])
