from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from granian import Granian
from granian.constants import Interfaces

from zampa.entrance import options


class Command(BaseCommand):
    help = "Serve the pages and the JSON API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default=options.text("ZAMPA_ADDRESS"), help="host:port to listen on")
        parser.add_argument("--workers", type=int, default=1)

    def handle(self, *args: Any, **given: Any) -> None:
        host, _, port = str(given["address"]).rpartition(":")
        Granian(
            "zampa.entrance.wsgi:application",
            address=host,
            port=int(port),
            interface=Interfaces.WSGI,
            workers=given["workers"],
            blocking_threads=16,  # gateways hold long polls open
            workers_kill_timeout=5,
            respawn_failed_workers=True,
            log_access=False,
        ).serve()
