from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "zampa.catalogue"
    label = "catalogue"
