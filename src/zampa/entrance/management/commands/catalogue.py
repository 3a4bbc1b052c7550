from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.catalogue import acts
from zampa.contracts.actors import SYSTEM
from zampa.desk.pages import texts_of
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "zampa catalogue import-classes FILE --scheme CODE --name NAME --edition TEXT --source TEXT [--complete]"

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        brought = parts.add_parser("import-classes", help="bring a classification in from a CSV")
        brought.add_argument("file", type=Path, help="CSV with the columns code, name, parent, depth")
        brought.add_argument("--scheme", required=True, help="code of the scheme, e.g. national-2017")
        brought.add_argument("--name", required=True, help="name of the scheme as clerks read it")
        brought.add_argument("--standing", default="local", choices=("national", "local", "department"))
        brought.add_argument("--edition", required=True, help="edition of the standard the file gives")
        brought.add_argument("--source", required=True, help="where the file comes from")
        brought.add_argument("--complete", action="store_true", help="the file gives the whole of its edition")

    def handle(self, *args: Any, **given: Any) -> None:
        names = ("name", "standing", "edition", "source", "complete")
        facts = acts.SchemeFacts(code=given["scheme"], **{name: given[name] for name in names})
        try:
            raw = given["file"].read_bytes()
            changed = acts.import_classes(by=SYSTEM, facts=facts, raw=raw)
        except OSError as error:
            raise CommandError(f"{given['file']}: {error.strerror}") from error
        except ZampaError as error:
            raise CommandError("\n".join(texts_of(error))) from error
        self.stdout.write(f"{facts.code}: {changed} nodes changed")
