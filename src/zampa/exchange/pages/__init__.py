"""Pages of the exchange."""

from django.urls import path

from zampa.exchange.pages import answers, deliveries, gateways, grants, requests

app_name = "exchange"
urlpatterns = [
    path("requests/", requests.index, name="requests"),
    path("requests/new/<uuid:resource_id>/", requests.new, name="new_request"),
    path("requests/<uuid:request_id>/", requests.page, name="request"),
    path("requests/<uuid:request_id>/edit/", requests.edit, name="request_edit"),
    path("requests/<uuid:request_id>/submit/", requests.submit, name="request_submit"),
    path("requests/<uuid:request_id>/withdraw/", requests.withdraw, name="request_withdraw"),
    path("requests/<uuid:request_id>/papers/", requests.add_paper, name="request_add_paper"),
    path("requests/<uuid:request_id>/papers/<uuid:paper_id>/", requests.paper, name="request_paper"),
    path("requests/<uuid:request_id>/papers/<uuid:paper_id>/remove/", requests.remove_paper, name="request_drop_paper"),
    path("requests/<uuid:request_id>/sign/", answers.sign, name="request_sign"),
    path("requests/<uuid:request_id>/send-back/", answers.send_back, name="request_send_back"),
    path("requests/<uuid:request_id>/answer/", answers.answer, name="request_answer"),
    path("requests/<uuid:request_id>/return/", answers.give_back, name="request_return"),
    path("requests/<uuid:request_id>/refuse/", answers.refuse, name="request_refuse"),
    path("requests/<uuid:request_id>/hold/", answers.hold, name="request_hold"),
    path("requests/<uuid:request_id>/release/", answers.release, name="request_release"),
    path("grants/", grants.index, name="grants"),
    path("grants/<uuid:grant_id>/", grants.page, name="grant"),
    path("grants/<uuid:grant_id>/move/", grants.move, name="grant_move"),
    path("grants/<uuid:grant_id>/<str:step>/", grants.end, name="grant_end"),
    path("deliveries/", deliveries.index, name="deliveries"),
    path("deliveries/<uuid:delivery_id>/", deliveries.page, name="delivery"),
    path("deliveries/<uuid:delivery_id>/start/", deliveries.start, name="delivery_start"),
    path("deliveries/repeat/<uuid:grant_id>/<str:kind>/", deliveries.repeat, name="delivery_repeat"),
    path("calls/", deliveries.calls, name="calls"),
    path("calls/<uuid:call_id>/", deliveries.call, name="call"),
    path("evidence/<str:kind>/<uuid:subject_id>/", deliveries.evidence_file, name="evidence"),
    path("gateways/", gateways.index, name="gateways"),
    path("gateways/new/", gateways.new, name="new_gateway"),
    path("gateways/<uuid:gateway_id>/", gateways.page, name="gateway"),
    path("gateways/<uuid:gateway_id>/retire/", gateways.retire, name="gateway_retire"),
]
