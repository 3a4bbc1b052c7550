"""Django's settings, all from the rows in options.py."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django.conf.locale
from csp.constants import NONCE, NONE, SELF

from zampa.entrance import options

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(options.text("ZAMPA_HOME")).absolute()
ZAMPA_KEYS_DIR = options.folder("ZAMPA_KEYS_DIR", "keys")
ZAMPA_MASTER_KEY_FILE = options.folder("ZAMPA_MASTER_KEY_FILE", "keys/master")
ZAMPA_PASSPHRASE_FILE = options.text("ZAMPA_PASSPHRASE_FILE")
ZAMPA_INDEX_DIR = options.folder("ZAMPA_INDEX_DIR", "index")
ZAMPA_FILES_DIR = options.folder("ZAMPA_FILES_DIR", "files")
ZAMPA_INSTALLATION = options.text("ZAMPA_INSTALLATION")
ZAMPA_SUITE = options.text("ZAMPA_SUITE")
ZAMPA_LINEAGE_URL = options.text("ZAMPA_LINEAGE_URL")
ZAMPA_SMTP_URL = options.text("ZAMPA_SMTP_URL")
ZAMPA_SECOND_FACTOR = options.text("ZAMPA_SECOND_FACTOR")
ZAMPA_IDLE_MINUTES = options.number("ZAMPA_IDLE_MINUTES")
ZAMPA_ALLOW_LOOPBACK = bool(options.option("ZAMPA_ALLOW_LOOPBACK"))
ZAMPA_BOOK_HOURS = options.number("ZAMPA_BOOK_HOURS")
ZAMPA_LOADS_CODES = True  # `zampa migrate` loads the codes and profiles the product carries
ZAMPA_PUBLIC_URL = options.text("ZAMPA_PUBLIC_URL") or f"http://{options.text('ZAMPA_ADDRESS')}"


def _secret_key() -> str:
    """The web secret lives in a file beside the keys, made at first start, never in the database."""
    path = options.folder("ZAMPA_SECRET_KEY_FILE", "keys/web-secret")
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "zampa",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}},
    }


SECRET_KEY = _secret_key()
DEBUG = bool(options.option("ZAMPA_DEBUG"))
ALLOWED_HOSTS = options.option("ZAMPA_HOSTS")
DATABASES = {"default": _database(options.text("ZAMPA_DATABASE_URL"))}
ROOMS = ("ledger", "identity", "approvals", "standards", "census", "catalogue", "runs", "exchange")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    *(f"zampa.{room}" for room in ("desk", *ROOMS, "entrance") if (PACKAGE / room / "apps.py").exists()),
]
AUTH_USER_MODEL = "identity.Person"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zampa.identity.middleware.IdleLogoutMiddleware",
    "zampa.identity.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
    "zampa.desk.pages.ErrorPages",
]
# Rooms below these are told by name who fills what lies above them.
ZAMPA_TOKEN_READER = "zampa.identity.queries.actor_for_token"  # noqa: S105 a function's name
ZAMPA_SLOTS = "zampa.entrance.panels.slot"
ZAMPA_LONG_EXPORTS = "zampa.entrance.exports.ask_export"
ZAMPA_DAYS_LEFT = "zampa.approvals.queries.working_days_left"
CSRF_FAILURE_VIEW = "zampa.entrance.pages.csrf_failed"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ROOT_URLCONF = "zampa.entrance.urls"
WSGI_APPLICATION = "zampa.entrance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "identity" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "zampa.entrance.panels.shell",
            ],
            "builtins": ["django.templatetags.i18n", "zampa.desk.templatetags.zampa_tags"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "zampa.identity.accounts.AccountAdapter"
MFA_ADAPTER = "zampa.identity.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not bool(options.option("ZAMPA_HTTPS"))
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_TEMPLATE = "identity/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("bo", "བོད་ཡིག"), ("en", "English")]
django.conf.locale.LANG_INFO.setdefault(
    "bo", {"bidi": False, "code": "bo", "name": "Tibetan", "name_local": "བོད་ཡིག"}
)
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE.parent.parent / "build" / "static"
STATICFILES_DIRS = [PACKAGE.parent.parent / "build" / "assets"]  # made by zampa.entrance.assets
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "zampa.entrance.assets_storage.Gathered"},
}
WHITENOISE_USE_FINDERS = DEBUG

_HTTPS = bool(options.option("ZAMPA_HTTPS"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "zampa.entrance.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    # Who works here wants to read what happens to data, not how the machinery registers its tasks.
    "loggers": {name: {"level": "WARNING"} for name in ("procrastinate", "axes", "granian.access")},
    "root": {"handlers": ["stderr"], "level": options.text("ZAMPA_LOG_LEVEL")},
}
