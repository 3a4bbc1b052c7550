"""Who may enter systems and connections, and what an entry must hold. Pure; the reason comes with the answer."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from zampa.contracts.actors import Actor, Answer, allowed, refused
from zampa.ground.errors import Fault

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")
DATABASES = frozenset({"postgresql", "mysql"})
FILES = frozenset({"csv", "xlsx", "parquet"})
ENGINES = DATABASES | FILES | {"http"}
WIDEST = {4: 8, 6: 32}


def may_keep(actor: Actor, department: str) -> Answer:
    """A department's systems and connections are kept by its own editors and sharing-office head."""
    if actor.kind == "system":
        return allowed("census.keep.installation")
    if actor.department != department:
        return refused("census.keep.other_department")
    if not actor.holds("editor", "sharing_head"):
        return refused("census.keep.editors_only")
    return allowed("census.keep.allowed")


def may_approve_networks(actor: Actor) -> Answer:
    if actor.kind == "system" or actor.holds("security_admin"):
        return allowed("census.network.allowed")
    return refused("census.network.security_admin_only")


def system_faults(*, code: str, name: str, network: str, networks: list[str]) -> list[Fault]:
    faults = [] if CODE.fullmatch(code) else [Fault("code", "census.system.bad_code")]
    if not name.strip() or len(name) > 200:
        faults.append(Fault("name", "census.missing"))
    if network not in networks:
        faults.append(Fault("network", "census.unknown_network"))
    return faults


def connection_faults(
    *,
    engine: str,
    name: str,
    host: str,
    port: int,
    database: str,
    user: str,
    folder: str,
    url: str,
) -> list[Fault]:
    """What each engine needs to be reached; everything wrong at once."""
    faults = [] if name.strip() else [Fault("name", "census.missing")]
    if engine not in ENGINES:
        return [*faults, Fault("engine", "census.connection.unknown_engine")]
    if engine in DATABASES:
        needed = {"host": host, "database": database, "user": user}
        faults += [Fault(where, "census.missing") for where, value in needed.items() if not value.strip()]
        if not 0 < port < 65536:
            faults.append(Fault("port", "census.connection.bad_port"))
    elif engine in FILES:
        if not folder.startswith("/") or ".." in folder.split("/"):
            faults.append(Fault("folder", "census.connection.bad_folder"))
    elif not _plain_url(url):
        faults.append(Fault("url", "census.connection.bad_url"))
    return faults


def _plain_url(url: str) -> bool:
    """http or https, with a host, without a user name, password, query or fragment in it."""
    try:
        parts = urlsplit(url)
        known = bool(parts.scheme in {"http", "https"} and parts.hostname)
        return known and not (parts.username or parts.password or parts.query or parts.fragment or (parts.port == 0))
    except ValueError:
        return False


def network_faults(cidr: str) -> tuple[str, list[Fault]]:
    """The network in its one spelling. Host bits must be zero, and nothing wider than /8 (IPv6 /32) is approved."""
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=True)
    except ValueError:
        return cidr, [Fault("cidr", "census.network.bad_cidr")]
    if network.prefixlen < WIDEST[network.version]:
        return str(network), [Fault("cidr", "census.network.too_wide", {"limit": WIDEST[network.version]})]
    if network.is_loopback or network.is_link_local or network.is_multicast or network.is_unspecified:
        return str(network), [Fault("cidr", "census.network.never")]
    return str(network), []
