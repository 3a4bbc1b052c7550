import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.catalogue.search import building
from zampa.entrance import options
from zampa.entrance.machine import own_database
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "Make this machine's copy of the search index anew: zampa index rebuild. The old one answers until then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["rebuild"])
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="that read and cut texts")

    def handle(self, *args: Any, **given: Any) -> None:
        if not options.text("ZAMPA_DATABASE_URL") and own_database.there():
            sys.exit(own_database.run_beside(sys.argv[1:]))
        try:
            address = options.text("ZAMPA_DATABASE_URL")
            built = building.rebuild(processes=max(1, given["processes"]), address=address, told=self._tell)
        except ZampaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{built.entries} entries in {built.seconds:.1f} s")

    def _tell(self, count: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{count} entries", ending="")
