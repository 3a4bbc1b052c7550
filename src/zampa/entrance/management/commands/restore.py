import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.entrance import options
from zampa.entrance.machine import own_database
from zampa.entrance.machine.restoring import restore
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "Bring database and files back from an archive; the log goes on in a new epoch. Stop web and worker first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="even where a database or files are already there")
        parser.add_argument(
            "--checkpoint", type=Path, action="append", default=[], help="a signed checkpoint somebody kept (JSON)"
        )
        parser.add_argument(
            "--wait", type=int, default=10, help="minutes to wait for gateways to say what they hold (default 10)"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        if not options.text("ZAMPA_DATABASE_URL"):
            sys.exit(own_database.run_beside(sys.argv[1:]))
        try:
            done = restore(
                source=given["file"],
                replace=given["replace"],
                checkpoints=given["checkpoint"],
                wait=timedelta(minutes=given["wait"]),
                migrate=lambda: call_command("migrate", verbosity=0),
            )
        except ZampaError as error:
            raise CommandError(str(error)) from error
        for line in done.lines():
            self.stdout.write(line)
