"""Addresses of signing in. Of allauth only what staff need: nobody signs up, changes addresses or resets a password by
mail here, so those pages do not exist; the names allauth itself looks up lead back to the log-in page."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

_back = RedirectView.as_view(pattern_name="account_login")

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("no-sign-up/", _back, name="account_signup"),
    path("no-reset/", _back, name="account_reset_password"),
    path("no-email/", _back, name="account_email"),
    path("no-set/", _back, name="account_set_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]
