from __future__ import annotations

import pytest

from zampa.runs.tests.story import Story, make_story


@pytest.fixture
def story(db: None, provider_database: str, requester_database: str) -> Story:
    return make_story(provider_database, requester_database)
