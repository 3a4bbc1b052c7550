from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "zampa.approvals"
    label = "approvals"
