from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "zampa.identity"
    label = "identity"
