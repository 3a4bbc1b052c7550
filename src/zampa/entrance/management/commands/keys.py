from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.entrance.machine import keys
from zampa.evidence.suites import key_id
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "Make, show, announce and rotate the installation's keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["init", "show", "anchors", "announce", "rotate"])
        parser.add_argument("name", nargs="?", choices=keys.NAMES, help="which key; needed to announce and rotate")

    def handle(self, *args: Any, **given: Any) -> None:
        what, name = given["what"], given["name"]
        try:
            if what == "init":
                made = keys.make_all()
                self.stdout.write("made: " + ", ".join(made) if made else "all there")
            elif what in {"show", "anchors"}:
                self._show(name, ids=what == "show")
            elif name is None:
                raise CommandError(f"say which: {', '.join(keys.NAMES)}")
            else:
                public = keys.announce(name) if what == "announce" else keys.rotate(name)
                self.stdout.write(public.text)
        except ZampaError as error:
            raise CommandError(str(error)) from error

    def _show(self, only: str | None, *, ids: bool) -> None:
        """The public halves; `anchors` prints the file that verifiers trust, and nothing else."""
        for name, found in keys.anchors().items():
            for public in found if only in (None, name) else []:
                self.stdout.write(f"{name:<6} {key_id(public)}  {public.text}" if ids else public.text)
