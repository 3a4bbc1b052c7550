from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "zampa.desk"
    label = "desk"
