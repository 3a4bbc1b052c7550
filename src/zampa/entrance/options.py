"""Every setting of an installation is one row here, read from the environment; docs/settings.md tells each.

One file of rows instead of scattered `os.environ` look-ups, so that the documentation can be tested against it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


@dataclass(frozen=True)
class Option:
    """`name` in the environment, its default as text, how the text is read, and one line of help."""

    name: str
    default: str
    read: Callable[[str], object]
    help: str


OPTIONS = (
    Option("ZAMPA_HOME", "zampa-home", str, "Folder for keys, files and the embedded database."),
    Option("ZAMPA_DATABASE_URL", "", str, "PostgreSQL 15 or later; empty: `zampa up` starts the embedded one."),
    Option("ZAMPA_SECRET_KEY_FILE", "", str, "File with the web secret; empty: keys/web-secret in ZAMPA_HOME."),
    Option("ZAMPA_MASTER_KEY_FILE", "", str, "File with the master key that seals secrets; empty: keys/master."),
    Option("ZAMPA_KEYS_DIR", "", str, "Folder of the signing keys; empty: keys in ZAMPA_HOME."),
    Option("ZAMPA_PASSPHRASE_FILE", "", str, "File with the passphrase of the signing keys; empty: keys have none."),
    Option("ZAMPA_FILES_DIR", "", str, "Folder of papers and delivered files; empty: files in ZAMPA_HOME."),
    Option("ZAMPA_INDEX_DIR", "", str, "Folder of this machine's copy of the search index; empty: index."),
    Option("ZAMPA_ADDRESS", "127.0.0.1:8080", str, "Address and port the web process listens on."),
    Option("ZAMPA_GATEWAY_ADDRESS", "127.0.0.1:8090", str, "Address and port of the gateway that `zampa up` starts."),
    Option("ZAMPA_PUBLIC_URL", "", str, "How people reach the portal, for links in messages; empty: http://ZAMPA_ADDRESS."),
    Option("ZAMPA_HOSTS", "localhost,127.0.0.1,[::1]", _words, "Host names the web process answers to."),
    Option("ZAMPA_INSTALLATION", "zampa-1", str, "Name of this installation; origin of its log."),
    Option("ZAMPA_SUITE", "international", str, "Crypto suite for new keys and digests: international or guomi."),
    Option("ZAMPA_SECOND_FACTOR", "required", str, "required, or optional (demo and tests only)."),
    Option("ZAMPA_IDLE_MINUTES", "30", int, "Minutes without a click after which a person is logged out."),
    Option("ZAMPA_HTTPS", "no", _flag, "Whether the portal stands behind HTTPS: secure cookies, HSTS, redirects."),
    Option("ZAMPA_DEBUG", "no", _flag, "Django's debug pages; never in production."),
    Option("ZAMPA_ALLOW_LOOPBACK", "no", _flag, "Providers on loopback addresses are allowed (demo and tests only)."),
    Option("ZAMPA_ALLOWED_NETWORKS", "", _words, "Networks (CIDR, by comma) that connections may reach; empty: none."),
    Option("ZAMPA_SOURCE_FOLDERS", "", _words, "Folders (by comma) that file connections may lie below."),
    Option("ZAMPA_BOOK_HOURS", "12", int, "Hours a grant book stays valid without hearing the centre (up to 72)."),
    Option("ZAMPA_SMTP_URL", "", str, "smtp://user:password@host:port for messages; empty: on the page only."),
    Option("ZAMPA_LINEAGE_URL", "", str, "Receiver of OpenLineage events, in an allowed network; empty: none."),
    Option("ZAMPA_LOG_LEVEL", "INFO", str, "Least level of log lines: DEBUG, INFO, WARNING, ERROR."),
)
_BY_NAME = {option.name: option for option in OPTIONS}


def option(name: str) -> object:
    """The value of one option; KeyError when it has no row, ValueError when its text cannot be read."""
    row = _BY_NAME[name]
    return row.read(os.environ.get(name, row.default))


def text(name: str) -> str:
    return str(option(name))


def number(name: str) -> int:
    return int(str(option(name)))


def folder(name: str, under: str) -> Path:
    """The folder or file an option names, else `under` in ZAMPA_HOME; not made here."""
    given = text(name)
    return Path(given).absolute() if given else Path(text("ZAMPA_HOME")).absolute() / under
