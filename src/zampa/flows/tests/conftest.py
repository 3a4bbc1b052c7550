from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest


@pytest.fixture
def provider(provider_database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the provider's database that undoes what a test leaves."""
    with psycopg.connect(provider_database) as connection:
        yield connection
        connection.rollback()
