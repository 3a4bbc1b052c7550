"""How allauth behaves in this house: nobody signs up, second-factor secrets are sealed, nothing goes by mail."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zampa.evidence import seals
from zampa.identity import acts
from zampa.identity.models import Person, SignIn
from zampa.identity.queries import actor_of

FRESH = 300  # seconds a log-in or a proof counts for what concerns the account
FIRST = 900  # seconds after a log-in during which the first second factor may be set up
CONTEXT = "identity.second_factor"
# What allauth tells of by mail, and the record it becomes here.
FACTOR_NEWS: dict[str, tuple[Literal["added", "removed"], str]] = {
    "mfa/email/totp_activated": ("added", "totp"),
    "mfa/email/totp_deactivated": ("removed", "totp"),
    "mfa/email/webauthn_added": ("added", "webauthn"),
    "mfa/email/webauthn_removed": ("removed", "webauthn"),
    "mfa/email/recovery_codes_generated": ("added", "recovery_codes"),
}


def _journal(request: HttpRequest, person: Person | None, outcome: SignIn.Outcome) -> None:
    acts.note_sign_in(outcome=outcome, person=person, address=get_client_ip_address(request) or "")


def master_key() -> bytes:
    """The 32 bytes that seal secrets; they lie in a file outside the database."""
    return Path(settings.ZAMPA_MASTER_KEY_FILE).read_bytes()


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或密码不正确。"),
        "invalid_login": _("账号或密码不正确。"),
        "account_inactive": _("这个账号已停用。"),
        "too_many_login_attempts": _("尝试次数过多，请半小时后再试。"),
        "rate_limited": _("操作过于频繁，请稍后再试。"),
        "enter_current_password": _("请输入当前密码。"),
        "incorrect_password": _("密码不正确。"),
        "incorrect_code": _("验证码不正确。"),
        "same_as_current": _("新密码不能与当前密码相同。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are registered by the system administrator, never by themselves."""
        return False

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Our pages say what happened themselves; allauth's English lines stay out."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is a line in the journal; the one that locks the account is told as that."""
        person = Person.objects.filter(username=str(credentials.get("username", ""))).first()
        shut = not AxesProxyHandler.is_allowed(request, credentials)
        _journal(request, person, SignIn.Outcome.LOCKED if shut else SignIn.Outcome.FAILED)

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        _journal(request, user, SignIn.Outcome.SIGNED_IN)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def logout(self, request: HttpRequest) -> None:
        person = request.user
        super().logout(request)
        if isinstance(person, Person):
            _journal(request, person, SignIn.Outcome.SIGNED_OUT)

    def set_password(self, user: Person, password: str) -> None:
        """The owner's change and its record are one transaction."""
        acts.change_own_password(by=actor_of(user), password=password)
        user.refresh_from_db(fields=["password"])

    def send_notification_mail(self, template_prefix: str, user: Person, *args: Any, **kwargs: Any) -> None:
        """Nothing goes by allauth's mail templates; what it would tell of a second factor becomes a record."""
        if template_prefix in FACTOR_NEWS:
            change, kind = FACTOR_NEWS[template_prefix]
            acts.enter_second_factor(by=actor_of(user), change=change, kind=kind)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether to ask for proof again: not right after a log-in, and a little later for the first second factor."""
        person = self.request.user
        if not person.is_authenticated:
            return True
        patience = FRESH if Authenticator.objects.filter(user=person).exists() else FIRST
        records = get_authentication_records(self.request, person)
        return not any(time.time() - record["at"] < patience for record in records)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("identity:account")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals TOTP secrets and recovery seeds: a stolen database opens no account."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "unverified_email": _("请先验证邮箱。"),
        "add_email_blocked": _("启用双重验证后不能添加邮箱。"),
        "cannot_delete_authenticator": _("双重验证不能停用。"),
        "cannot_generate_recovery_codes": _("启用双重验证后才能生成恢复码。"),
        "incorrect_code": _("验证码不正确。"),
    }

    def encrypt(self, text: str) -> str:
        return seals.seal(master_key(), text.encode(), CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return seals.unseal(master_key(), encrypted_text, CONTEXT).decode()

    def get_totp_issuer(self) -> str:
        return f"Zampa {settings.ZAMPA_INSTALLATION}"
