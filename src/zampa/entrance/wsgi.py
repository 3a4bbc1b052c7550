"""The WSGI application Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zampa.entrance.settings")
application = get_wsgi_application()

from zampa.catalogue.search import following  # noqa: E402 - only after Django is ready

following.start()  # each machine that answers holds its own copy of the index
