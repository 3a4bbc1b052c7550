"""What may be reached, and what never."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from zampa.connectors.addresses import AddressPolicy, folder_of, resolve, resolve_url
from zampa.ground.errors import NotAllowed, NotValid, Unavailable

OFFICE = AddressPolicy(networks=(ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("fd00:20::/32")),
                       own=frozenset({("10.20.0.5", 5432)}))


@pytest.mark.parametrize(("host", "rule"), [
    ("10.20.3.4", ""), ("fd00:20::7", ""), ("10.21.0.1", "not_listed"), ("8.8.8.8", "not_listed"),
    ("127.0.0.1", "loopback"),
    ("127.8.8.8", "loopback"), ("::1", "loopback"), ("::ffff:127.0.0.1", "loopback"), ("169.254.169.254", "link_local"),
    ("fe80::1", "link_local"), ("0.0.0.0", "never"), ("224.0.0.1", "never"), ("255.255.255.255", "never"),
    ("64:ff9b::7f00:1", "never"), ("2002:7f00:1::", "never"), ("10.20.0.5", "own_service"), ("::ffff:10.20.3.4", ""),
])
def test_the_list_decides(host: str, rule: str) -> None:
    if not rule:
        assert resolve(host, 5432, OFFICE)
        return
    with pytest.raises(NotAllowed) as failure:
        resolve(host, 5432, OFFICE)
    assert failure.value.params["rule"] == rule


def test_odd_spellings_of_loopback_are_loopback() -> None:
    for host in ("127.1", "2130706433", "0x7f000001", "017700000001", "localhost"):
        with pytest.raises((NotAllowed, Unavailable)):
            resolve(host, 80, OFFICE)


def test_an_allowed_network_does_not_open_loopback() -> None:
    everything = AddressPolicy(networks=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))
    for host in ("127.0.0.1", "169.254.169.254", "::1", "0.0.0.0"):
        with pytest.raises(NotAllowed):
            resolve(host, 80, everything)


def test_own_services_only_at_their_port() -> None:
    assert resolve("10.20.0.5", 5433, OFFICE) == "10.20.0.5"


@pytest.mark.parametrize(("host", "port"), [("", 80), ("10.20.3.4", 0), ("10.20.3.4", 70_000), ("10.20.3.4", -1)])
def test_no_host_or_port(host: str, port: int) -> None:
    with pytest.raises(NotValid):
        resolve(host, port, OFFICE)


def test_addresses_of_services() -> None:
    assert resolve_url("https://10.20.3.4/x", OFFICE) == ("10.20.3.4", "10.20.3.4", 443)
    assert resolve_url("http://10.20.3.4:8080/x", OFFICE) == ("10.20.3.4", "10.20.3.4", 8080)
    for url in ("ftp://10.20.3.4", "http://", "http://a:b@10.20.3.4/", "http://10.20.3.4:x/", "//10.20.3.4/"):
        with pytest.raises(NotValid):
            resolve_url(url, OFFICE)


def test_the_policy_of_an_environment(tmp_path: Path) -> None:
    policy = AddressPolicy.from_environment({
        "ZAMPA_ALLOWED_NETWORKS": "10.20.0.0/16, fd00:20::/32", "ZAMPA_DATABASE_URL": "postgresql://u:p@10.20.0.5/zampa",
        "ZAMPA_ADDRESS": "10.20.0.5:8080", "ZAMPA_HOME": str(tmp_path), "ZAMPA_SOURCE_FOLDERS": "/data/in",
    })
    assert policy.own == {("10.20.0.5", 5432), ("10.20.0.5", 8080)}
    assert not policy.allow_loopback
    assert policy.folders == (tmp_path / "files", Path("/data/in"))
    assert AddressPolicy.from_environment({"ZAMPA_ALLOW_LOOPBACK": "yes"}).allow_loopback
    with pytest.raises(NotAllowed):
        resolve("10.20.3.4", 80, AddressPolicy.from_environment({}))


def test_folders_below_the_roots_only(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    policy = AddressPolicy(folders=(inside,))
    assert folder_of(str(inside), policy) == inside
    with pytest.raises(NotAllowed):
        folder_of(str(tmp_path), policy)
    with pytest.raises(Unavailable):
        folder_of(str(inside / "missing"), policy)
    with pytest.raises(NotValid):
        folder_of("", policy)
