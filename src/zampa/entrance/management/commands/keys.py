from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.contracts.actors import SYSTEM
from zampa.entrance.machine import keys
from zampa.evidence.suites import key_id
from zampa.ground.errors import ZampaError
from zampa.ledger.steps import announce_key, rotate_key


class Command(BaseCommand):
    help = "Make and show the installation's keys; announce and rotate the one that signs the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["init", "show", "anchors", "announce", "rotate"])
        parser.add_argument("name", nargs="?", choices=keys.NAMES, help="show only this one")

    def handle(self, *args: Any, **given: Any) -> None:
        what, name = given["what"], given["name"]
        try:
            if what == "init":
                made = keys.make_all()
                self.stdout.write("made: " + ", ".join(made) if made else "all there")
            elif what in {"show", "anchors"}:
                self._show(name, ids=what == "show")
            else:
                # The log's key: checkpoints announce the next one, so that whoever trusts the old believes the new.
                public = announce_key(by=SYSTEM) if what == "announce" else rotate_key(by=SYSTEM)
                self.stdout.write(public.text)
        except ZampaError as error:
            raise CommandError(str(error)) from error

    def _show(self, only: str | None, *, ids: bool) -> None:
        """The public halves; `anchors` prints the file that verifiers trust, and nothing else."""
        for name, found in keys.anchors().items():
            for public in found if only in (None, name) else []:
                self.stdout.write(f"{name:<6} {key_id(public)}  {public.text}" if ids else public.text)
