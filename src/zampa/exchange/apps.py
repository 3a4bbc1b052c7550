from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "zampa.exchange"
    label = "exchange"
