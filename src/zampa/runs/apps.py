from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "zampa.runs"
    label = "runs"
