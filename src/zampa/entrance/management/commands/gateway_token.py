from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zampa.contracts.actors import SYSTEM
from zampa.exchange.acts.gateways import create_gateway_token
from zampa.ground.errors import ZampaError


class Command(BaseCommand):
    help = "Print a one-time token with which a gateway enrols."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the gateway's name")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            self.stdout.write(create_gateway_token(by=SYSTEM, name=given["name"]))
        except ZampaError as error:
            raise CommandError(str(error)) from error
