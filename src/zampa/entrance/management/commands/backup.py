from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.entrance import options
from zampa.entrance.machine.archives import write_archive
from zampa.ground.clock import utc_now
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "Copy database and files into one archive, readable by its owner alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--with-keys", action="store_true", help="put the keys in as well; guard such an archive")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            made = write_archive(
                target=given["file"].absolute(),
                url=options.text("ZAMPA_DATABASE_URL"),
                now=utc_now(),
                files=Path(settings.ZAMPA_FILES_DIR),
                installation=settings.ZAMPA_INSTALLATION,
                keys=Path(settings.ZAMPA_KEYS_DIR) if given["with_keys"] else None,
            )
        except ZampaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} ({made.stat().st_size / 2**20:.1f} MiB)")
