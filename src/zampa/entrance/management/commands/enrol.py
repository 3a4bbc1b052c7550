from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.ground.errors import ZampaError
from zampa.identity.enrolment import AGAIN, FIRST, lines


class Command(BaseCommand):
    help = "Print one-time links for the first three administrators."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", metavar="POST", choices=[post for post, _, _ in FIRST], help=AGAIN)

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            for line in lines(given["again"]):
                self.stdout.write(line)
        except ZampaError as error:
            raise CommandError(str(error)) from error
