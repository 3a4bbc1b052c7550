"""What an entry must hold, and who may keep it."""

from __future__ import annotations

import pytest

from zampa.census import rules
from zampa.contracts.actors import Actor, Post


def someone(*posts: Post, department: str = "d1") -> Actor:
    return Actor(kind="person", id="p1", name="x", department=department, posts=frozenset(posts))


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        (someone("editor"), "census.keep.allowed"),
        (someone("sharing_head"), "census.keep.allowed"),
        (someone("department_head"), "census.keep.editors_only"),
        (someone("editor", department="d2"), "census.keep.other_department"),
        (someone("system_admin", department=""), "census.keep.other_department"),
    ],
)
def test_who_keeps(actor: Actor, reason: str) -> None:
    assert rules.may_keep(actor, "d1").reason == reason


DATABASE = {
    "engine": "postgresql",
    "name": "人口库",
    "host": "10.1.2.3",
    "port": 5432,
    "database": "pop",
    "user": "reader",
    "folder": "",
    "url": "",
}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, []),
        ({"host": "", "database": "", "user": ""}, ["host", "database", "user"]),
        ({"port": 0}, ["port"]),
        ({"port": 65536}, ["port"]),
        ({"name": " "}, ["name"]),
        ({"engine": "oracle"}, ["engine"]),
        ({"engine": "csv"}, ["folder"]),
        ({"engine": "csv", "folder": "data"}, ["folder"]),
        ({"engine": "csv", "folder": "/srv/../etc"}, ["folder"]),
        ({"engine": "csv", "folder": "/srv/data"}, []),
        ({"engine": "http", "url": "https://api.example.org/v1"}, []),
        ({"engine": "http", "url": "http://user:pass@api.example.org/"}, ["url"]),
        ({"engine": "http", "url": "file:///etc/passwd"}, ["url"]),
        ({"engine": "http", "url": "http://api.example.org/?key=1"}, ["url"]),
        ({"engine": "http", "url": "http://[bad"}, ["url"]),
        ({"engine": "http", "url": "http://api.example.org:99999/"}, ["url"]),
        ({"engine": "http"}, ["url"]),
    ],
)
def test_what_a_connection_needs(changes: dict[str, object], where: list[str]) -> None:
    given = {**DATABASE, **changes}
    assert [fault.where for fault in rules.connection_faults(**given)] == where  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cidr", "spelled", "code"),
    [
        ("10.24.0.0/16", "10.24.0.0/16", ""),
        ("10.24.3.8", "10.24.3.8/32", ""),
        ("fd00:1234::/48", "fd00:1234::/48", ""),
        ("10.24.3.8/16", "10.24.3.8/16", "census.network.bad_cidr"),
        ("0.0.0.0/0", "0.0.0.0/0", "census.network.too_wide"),
        ("10.0.0.0/7", "10.0.0.0/7", "census.network.too_wide"),
        ("127.0.0.0/8", "127.0.0.0/8", "census.network.never"),
        ("169.254.0.0/16", "169.254.0.0/16", "census.network.never"),
        ("224.0.0.0/8", "224.0.0.0/8", "census.network.never"),
        ("::1", "::1/128", "census.network.never"),
        ("内网", "内网", "census.network.bad_cidr"),
    ],
)
def test_networks(cidr: str, spelled: str, code: str) -> None:
    found, faults = rules.network_faults(cidr)
    assert found == spelled
    assert [fault.code for fault in faults] == ([code] if code else [])


@pytest.mark.parametrize(
    ("code", "fine"), [("GAT-RK-01", True), ("AB", False), ("gat", False), ("-AB1", False), ("公安", False)]
)
def test_codes_of_systems(code: str, fine: bool) -> None:
    faults = rules.system_faults(code=code, name="x", network="extranet", networks=["extranet"])
    assert (faults == []) is fine
