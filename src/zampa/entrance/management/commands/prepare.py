from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.contracts.actors import SYSTEM
from zampa.entrance.machine import keys
from zampa.exchange.acts.gateways import create_gateway_token
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "Tables, codes and keys in one go, as `zampa up` needs them; with --gateway, prints its one-time token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--gateway", default="", help="name of a gateway that is to enrol")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            call_command("migrate", verbosity=0)
            keys.make_all()  # after the tables: a key that signed before is never replaced by a new one
            if given["gateway"]:
                self.stdout.write(create_gateway_token(by=SYSTEM, name=given["gateway"]))
        except ZampaError as error:
            raise CommandError(str(error)) from error
