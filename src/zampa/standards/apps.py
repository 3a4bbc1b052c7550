from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "zampa.standards"
    label = "standards"
