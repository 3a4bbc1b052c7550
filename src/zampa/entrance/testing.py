"""Settings of the test run: no static scan for each client, a cheap password hash, no pool held open."""

from zampa.entrance.settings import *  # noqa: F403
from zampa.entrance.settings import DATABASES, MIDDLEWARE, STORAGES

MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"] = {}
# The live server of the journeys serves files by their plain names.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ZAMPA_LOADS_CODES = False  # tests begin with an empty ledger and load what they need
