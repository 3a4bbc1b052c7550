import sys
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.entrance import options
from zampa.entrance.machine import own_database
from zampa.entrance.machine.archives import write_archive
from zampa.ground.clock import utc_now
from zampa.ground.errors import ZampaError
from zampa.ledger.queries import latest_checkpoint


class Command(BaseCommand):
    help = "Copy database and files into one archive, readable by its owner alone."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--with-keys", action="store_true", help="put the keys in as well; guard such an archive")

    def handle(self, *args: Any, **given: Any) -> None:
        if not options.text("ZAMPA_DATABASE_URL"):
            if not own_database.there():
                raise CommandError("There is no database here: set ZAMPA_DATABASE_URL or ZAMPA_HOME.")
            sys.exit(own_database.run_beside(sys.argv[1:]))
        newest = latest_checkpoint()  # before the dump: what it covers is in there
        try:
            made = write_archive(
                target=given["file"].absolute(),
                url=options.text("ZAMPA_DATABASE_URL"),
                now=utc_now(),
                files=Path(settings.ZAMPA_FILES_DIR),
                installation=settings.ZAMPA_INSTALLATION,
                keys=Path(settings.ZAMPA_KEYS_DIR) if given["with_keys"] else None,
                checkpoint=msgspec.to_builtins(newest) if newest else None,
            )
        except ZampaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} ({made.stat().st_size / 2**20:.1f} MiB)")
