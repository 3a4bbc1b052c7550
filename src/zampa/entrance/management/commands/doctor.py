import sys
from typing import Any

from django.core.management.base import BaseCommand

from zampa.entrance import options
from zampa.entrance.machine import own_database
from zampa.entrance.machine.doctor import examine


class Command(BaseCommand):
    help = "Say what is wrong with this installation and how to mend it; exit 1 when anything is."
    requires_system_checks = ()

    def handle(self, *args: Any, **given: Any) -> None:
        if not options.text("ZAMPA_DATABASE_URL") and own_database.there():
            sys.exit(own_database.run_beside(sys.argv[1:]))
        wrong = 0
        for finding in examine():
            wrong += not finding.well
            self.stdout.write(f"{'ok   ' if finding.well else 'WRONG'}  {finding.what:<18} {finding.said}")
            if finding.mend:
                self.stdout.write(f"       -> {finding.mend}")
        if wrong:
            sys.exit(1)
