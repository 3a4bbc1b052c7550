from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "zampa.entrance"
    label = "entrance"
