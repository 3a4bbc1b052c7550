"""Pages of systems, connections and networks."""

from django.urls import path

from zampa.census.pages import connections, networks, systems

app_name = "census"
urlpatterns = [
    path("systems/", systems.listed, name="systems"),
    path("systems/new/", systems.new, name="system_new"),
    path("systems/<uuid:system_id>/", systems.shown, name="system"),
    path("systems/<uuid:system_id>/change/", systems.change, name="system_change"),
    path("keys/new/", systems.key_new, name="key_new"),
    path("connections/", connections.listed, name="connections"),
    path("connections/new/", connections.new, name="connection_new"),
    path("connections/<uuid:connection_id>/", connections.shown, name="connection"),
    path("connections/<uuid:connection_id>/change/", connections.change, name="connection_change"),
    path("connections/<uuid:connection_id>/check/", connections.check, name="connection_check"),
    path("networks/", networks.listed, name="networks"),
    path("networks/<uuid:network_id>/withdraw/", networks.withdraw, name="network_withdraw"),
]
