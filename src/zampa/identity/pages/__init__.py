"""Pages of people and powers."""

from django.urls import path

from zampa.identity.pages import account, departments, keys, people

app_name = "identity"
urlpatterns = [
    path("account/", account.mine, name="account"),
    path("account/language/", account.language, name="language"),
    path("account/deputies/", account.deputy_new, name="deputy_new"),
    path("account/deputies/<uuid:deputy_id>/withdraw/", account.deputy_withdraw, name="deputy_withdraw"),
    path("tokens/", account.tokens, name="tokens"),
    path("tokens/new/", account.token_new, name="token_new"),
    path("tokens/<uuid:token_id>/revoke/", account.token_revoke, name="token_revoke"),
    path("sign-ins/", account.sign_ins, name="sign_ins"),
    path("messages/", account.messages, name="messages"),
    path("messages/read/", account.messages_read, name="messages_read"),
    path("invitations/<str:secret>/", account.invitation, name="invitation"),
    path("departments/", departments.listed, name="departments"),
    path("departments/new/", departments.new, name="department_new"),
    path("departments/<uuid:department_id>/", departments.shown, name="department"),
    path("departments/<uuid:department_id>/change/", departments.change, name="department_change"),
    path("departments/<uuid:department_id>/close/", departments.close, name="department_close"),
    path("regions/", departments.regions, name="regions"),
    path("people/", people.listed, name="people"),
    path("people/new/", people.new, name="person_new"),
    path("people/<uuid:person_id>/", people.shown, name="person"),
    path("people/<uuid:person_id>/change/", people.change, name="person_change"),
    path("people/<uuid:person_id>/move/", people.move, name="person_move"),
    path("people/<uuid:person_id>/invite/", people.invite, name="person_invite"),
    path("people/<uuid:person_id>/second-factor/", people.reset, name="person_reset"),
    path("people/<uuid:person_id>/posts/", people.post_assign, name="post_assign"),
    path("people/<uuid:person_id>/posts/<str:post>/end/", people.post_end, name="post_end"),
    path("keys/", keys.listed, name="keys"),
    path("keys/<uuid:key_id>/", keys.shown, name="key"),
]
