"""Every address of the portal: the entrance's own pages, then each room's pages under its name, then the API."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from zampa.entrance import pages
from zampa.entrance.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("inbox/", pages.inbox, name="inbox"),
    path("search/", pages.search, name="search"),
    path("exports/<uuid:export_id>/", pages.export, name="export"),
    path("theme/", pages.theme, name="theme"),
    path("language/", set_language, name="set_language"),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("account/", include("zampa.identity.signin")),
    path("api/", api.urls),
]
for room in settings.ROOMS:
    if find_spec(f"zampa.{room}.pages") is not None:
        import_module(f"zampa.{room}.pages")
        urlpatterns.append(path(f"{room}/", include(f"zampa.{room}.pages")))

handler400 = "zampa.entrance.pages.bad_request"
handler403 = "zampa.entrance.pages.forbidden"
handler404 = "zampa.entrance.pages.not_found"
handler500 = "zampa.entrance.pages.broken"
