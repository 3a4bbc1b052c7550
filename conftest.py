"""One real PostgreSQL for the test run, and settings that need no installation."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest
from django.utils import translation

from zampa.entrance.machine.postgres import EmbeddedPostgres

_scratch = tempfile.TemporaryDirectory(prefix="zampa-test-")
_home = Path(_scratch.name)
_server: EmbeddedPostgres | None = None
if not os.environ.get("ZAMPA_TEST_DATABASE_URL"):
    _server = EmbeddedPostgres(_home / "postgres", durable=False)
    os.environ["ZAMPA_DATABASE_URL"] = _server.start()
else:
    os.environ["ZAMPA_DATABASE_URL"] = os.environ["ZAMPA_TEST_DATABASE_URL"]
os.environ["ZAMPA_HOME"] = str(_home / "home")
(_home / "home" / "keys").mkdir(parents=True, mode=0o700)
(_home / "home" / "keys" / "master").touch(mode=0o600)
(_home / "home" / "keys" / "master").write_bytes(os.urandom(32))
os.environ["ZAMPA_SECOND_FACTOR"] = "optional"
os.environ["ZAMPA_ALLOW_LOOPBACK"] = "yes"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zampa.entrance.testing")
django.setup()  # pytest-django looked for settings before this file could name them


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None:
        _server.stop("immediate")
    _scratch.cleanup()


@pytest.fixture(autouse=True)
def _first_language() -> Iterator[None]:
    """A test that reads in another language leaves the next one in the first."""
    translation.activate("zh-hans")
    yield


@pytest.fixture(scope="session")
def provider_database() -> Iterator[str]:
    """Address of an empty database standing for a department's own PostgreSQL."""
    yield from _database("provider")


@pytest.fixture(scope="session")
def requester_database() -> Iterator[str]:
    """Address of an empty database standing for the receiving department's own PostgreSQL."""
    yield from _database("requester")


def _database(name: str) -> Iterator[str]:
    address = os.environ["ZAMPA_DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    yield address.rsplit("/", 1)[0] + "/" + name
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
