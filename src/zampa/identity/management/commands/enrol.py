"""`zampa enrol`: one-time links for the first administrators."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from zampa.ground.errors import ZampaError
from zampa.identity import enrolment


class Command(BaseCommand):
    help = "Prints one-time links for the system, security and audit administrators that are not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", choices=[post for post, _, _ in enrolment.FIRST], help=enrolment.AGAIN)

    def handle(self, *args: object, again: str | None = None, **options: object) -> None:
        try:
            for line in enrolment.lines(again):
                self.stdout.write(line)
        except ZampaError as error:
            raise CommandError(str(error)) from error
