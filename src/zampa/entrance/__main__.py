"""Commands that need the control plane's database; each is a Django command in management/commands."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zampa.entrance.settings")

if __name__ == "__main__":
    execute_from_command_line(["zampa", *sys.argv[1:]])
