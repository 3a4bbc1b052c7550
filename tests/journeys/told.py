"""A portal with a past: the demo's story up to the requests, and one more request that waits for its answer."""

from __future__ import annotations

import os

import psycopg
from psycopg import sql

os.environ.setdefault("ZAMPA_GATEWAY_ADDRESS", "127.0.0.1:9")  # read when the story is imported

from zampa.approvals import acts as approvals
from zampa.catalogue.acts.classes import load_classes
from zampa.contracts.actors import SYSTEM
from zampa.demo import sharing, sources
from zampa.demo.cast import LOG_INS
from zampa.demo.story import Story
from zampa.identity import acts as identity


def begin() -> Story:
    """Departments, people and the databases that are connected; nothing is catalogued yet."""
    forget()
    identity.load_packaged_regions(by=SYSTEM)
    approvals.load_packaged_profiles(by=SYSTEM)
    load_classes(by=SYSTEM)
    story = Story()
    story.departments()
    story.connections()
    return story


def tell() -> list[tuple[str, str]]:
    """Log-ins and passwords of the people of the story."""
    story = begin()
    story.catalogue()
    story.requests()
    sharing.ask(
        story.cast, "statistics", story.population, ("id_number", "name", "deceased"), basis="《统计法》第七条",
        scenario="人口抽样核对", scope="全区统计机构", ways=("query",), calls_per_day=1000, calls_per_minute=60,
        system_id=story.systems["statistics"].pk,
    )  # fmt: skip
    return [(story.cast.people[key].username, story.cast.password) for key in LOG_INS]


def forget() -> None:
    """Drop the databases that stand for the departments' own."""
    with psycopg.connect(os.environ["ZAMPA_DATABASE_URL"], autocommit=True) as connection:
        for key in sources.DATABASES:
            name = sql.Identifier(f"own_{key}")
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))
