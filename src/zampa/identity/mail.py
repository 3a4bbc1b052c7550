"""One short mail: that there is something to read, and where. No names, no subjects, no data."""

from __future__ import annotations

import smtplib
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from zampa.ground.errors import NotValid, Unavailable


def tell(url: str, to: str, language: str, count: int) -> None:
    """Sends the mail through `url` (smtp://user:password@host:port, smtps:// for TLS from the start).

    NotValid when the address of the server cannot be read, Unavailable when it does not take the mail.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise NotValid("identity.mail.bad_url")
    server = EmailBackend(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        timeout=15,
    )
    home = urlsplit(settings.ZAMPA_PUBLIC_URL)
    with override(language):
        mail = EmailMessage(
            subject=_("您有 %(count)s 条新消息") % {"count": count},
            body=_("请登录查看：%(link)s")
            % {"link": settings.ZAMPA_PUBLIC_URL.rstrip("/") + reverse("identity:messages")},
            from_email=f"zampa@{home.hostname or 'localhost'}",
            to=[to],
            connection=server,
        )
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as failure:
        raise Unavailable("identity.mail.not_taken") from failure
