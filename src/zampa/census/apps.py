from django.apps import AppConfig


class CensusConfig(AppConfig):
    name = "zampa.census"
    label = "census"
