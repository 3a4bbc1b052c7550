"""Where a connector may connect to. Providers are private networks, so "no private address" would refuse everybody
and "any address" would let a connection form read our own database or a cloud's metadata service.

So: an allow-list of networks approved by the security administrator. Loopback, link-local and our own services are
refused outside demo and tests. A name is resolved once, and the caller connects to the address that was checked
(a second look-up could answer differently). Files: only below folders that the operator named.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from zampa.ground.errors import NotAllowed, NotValid, Unavailable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NEVER = tuple(ipaddress.ip_network(text) for text in ("0.0.0.0/8", "224.0.0.0/3", "::/128", "ff00::/8"))
MAPPED = tuple(ipaddress.ip_network(text) for text in ("64:ff9b::/96", "2002::/16", "2001::/32"))


@dataclass(frozen=True)
class AddressPolicy:
    """`networks` that may be reached, `own` (address, port) pairs that never may, `folders` files may lie below.

    `allow_loopback` is for demo and tests: loopback, our own services and any folder are then allowed.
    """

    networks: tuple[Network, ...] = ()
    allow_loopback: bool = False
    own: frozenset[tuple[str, int]] = frozenset()
    folders: tuple[Path, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> AddressPolicy:
        """The policy of this process; nothing named means nothing allowed. ValueError on a bad network."""
        env = os.environ if environment is None else environment
        networks = tuple(ipaddress.ip_network(word) for word in _words(env.get("ZAMPA_ALLOWED_NETWORKS", "")))
        home = Path(env.get("ZAMPA_HOME") or "zampa-home").absolute()
        files = Path(env.get("ZAMPA_FILES_DIR") or home / "files").absolute()
        named = tuple(Path(word).absolute() for word in _words(env.get("ZAMPA_SOURCE_FOLDERS", "")))
        loopback = env.get("ZAMPA_ALLOW_LOOPBACK", "").strip().lower() in {"1", "true", "yes", "on"}
        return cls(networks, loopback, _own_services(env), (files, *named))

    def refusal(self, address: Address, port: int) -> str:
        """Why `address` may not be reached, as a word for the error's `rule`; empty when it may."""
        if any(address in network for network in (*NEVER, *MAPPED) if network.version == address.version):
            return "never"
        if address.is_loopback:
            return "" if self.allow_loopback else "loopback"
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return "link_local"
        if (str(address), port) in self.own and not self.allow_loopback:
            return "own_service"
        inside = any(address in network for network in self.networks if network.version == address.version)
        return "" if inside else "not_listed"


def resolve(host: str, port: int, policy: AddressPolicy) -> str:
    """The one checked address to connect to, as text.

    Unavailable when the name does not resolve; NotAllowed when any address behind the name is refused (a name
    that answers with one good and one bad address is a trick, not a provider).
    """
    if not host or not 0 < port < 65536:
        raise NotValid("connectors.bad_endpoint", host=host, port=port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise Unavailable("connectors.unreachable", host=host, port=port, why="name") from failure
    addresses = [_plain(str(entry[4][0])) for entry in found]
    for address in addresses:
        rule = policy.refusal(address, port)
        if rule:
            raise NotAllowed("connectors.address_not_allowed", host=host, port=port, rule=rule)
    return str(addresses[0])


def resolve_url(url: str, policy: AddressPolicy) -> tuple[str, str, int]:
    """Host, checked address and port of an http or https address; NotValid for any other kind of address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError as failure:
        raise NotValid("connectors.bad_endpoint", host="", port=0) from failure
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise NotValid("connectors.bad_endpoint", host=parts.hostname or "", port=port)
    return parts.hostname, resolve(parts.hostname, port, policy), port


def folder_of(folder: str, policy: AddressPolicy) -> Path:
    """The real folder, links followed; NotAllowed outside the named roots, Unavailable when it is not there."""
    if not folder or not Path(folder).is_absolute():
        raise NotValid("connectors.bad_endpoint", host=folder, port=0)
    real = Path(os.path.realpath(folder))
    roots = [Path(os.path.realpath(root)) for root in policy.folders]
    if not policy.allow_loopback and not any(real.is_relative_to(root) for root in roots):
        raise NotAllowed("connectors.folder_not_allowed", folder=folder)
    if not real.is_dir():
        raise Unavailable("connectors.unreachable", host=folder, port=0, why="folder")
    return real


def _plain(text: str) -> Address:
    address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _own_services(env: Mapping[str, str]) -> frozenset[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    ours = ("ZAMPA_ADDRESS", "ZAMPA_GATEWAY_ADDRESS")
    places = [env.get("ZAMPA_DATABASE_URL", ""), *("//" + env.get(name, "") for name in ours)]
    for place in places:
        parts = urlsplit(place)
        if not parts.hostname:
            continue
        port = parts.port or 5432
        try:
            entries = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except OSError:
            continue
        found |= {(str(_plain(str(entry[4][0]))), port) for entry in entries}
    return frozenset(found)
