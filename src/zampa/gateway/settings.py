"""Every setting of a gateway is one row here: its name in the environment, its flag, default and one line of help."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """`flag` without dashes; a flag given on the command line wins over the environment."""

    name: str
    flag: str
    default: str
    help: str


ROWS = (
    Row("ZAMPA_GATEWAY_HOME", "home", "zampa-gateway", "Folder of the gateway's keys, its book and its trail."),
    Row("ZAMPA_GATEWAY_ADDRESS", "listen", "127.0.0.1:8090", "Address and port the gateway listens on."),
    Row("ZAMPA_GATEWAY_PUBLIC_URL", "public-url", "", "How consumers reach it; empty: http:// and the address."),
    Row("ZAMPA_GATEWAY_CENTRE", "centre", "http://127.0.0.1:8080", "Address of the centre that issues the book."),
    Row("ZAMPA_GATEWAY_TOKEN", "token", "", "One-time token to enrol with; needed only the first time."),
    Row("ZAMPA_GATEWAY_NAME", "name", "gateway-1", "Name to enrol under."),
    Row("ZAMPA_GATEWAY_SUITE", "suite", "international", "Crypto suite of its own keys: international or guomi."),
    Row("ZAMPA_GATEWAY_HOSTS", "hosts", "", "Host names it answers to, by commas; empty: any."),
    Row("ZAMPA_GATEWAY_LANGUAGE", "language", "zh", "Language of reasons when the call names none: zh, bo or en."),
    Row("ZAMPA_GATEWAY_PROVIDER_SECONDS", "provider-seconds", "30", "Seconds a provider may stay silent."),
    Row("ZAMPA_GATEWAY_CALLS_AT_ONCE", "calls-at-once", "512", "Calls served at once; more are refused as busy."),
    Row("ZAMPA_GATEWAY_READS_AT_ONCE", "reads-at-once", "8", "Table reads at once, and database connections kept."),
    Row("ZAMPA_GATEWAY_UNKNOWN_PER_MINUTE", "unknown-per-minute", "60", "Calls by unknown callers put in the trail."),
    Row("ZAMPA_GATEWAY_KEEP_DAYS", "keep-days", "35", "Days a covered trail is kept; fewer than 35 are refused."),
)


@dataclass(frozen=True)
class Settings:
    home: Path
    address: str
    port: int
    public_url: str
    centre: str
    token: str
    name: str
    suite: str
    hosts: frozenset[str]
    language: str
    provider_seconds: int
    calls_at_once: int
    reads_at_once: int
    unknown_per_minute: int
    keep_days: int


def read(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; exits with one clear line when a value cannot be read."""
    env = os.environ if environment is None else environment
    parser = argparse.ArgumentParser(prog="zampa gateway", description="Serve granted calls near the provider's data.")
    for row in ROWS:
        parser.add_argument(f"--{row.flag}", default=env.get(row.name, row.default), help=f"{row.help} [{row.name}]")
    found = vars(parser.parse_args(arguments))
    values = {name: str(value).strip() for name, value in found.items()}
    try:
        return _settings(values)
    except ValueError as error:
        parser.error(str(error))


def _settings(values: Mapping[str, str]) -> Settings:
    host, colon, port = values["listen"].rpartition(":")
    if not colon or not host or not port.isdecimal():
        raise ValueError("--listen wants ADDRESS:PORT")
    if values["language"] not in ("zh", "bo", "en"):
        raise ValueError("--language is zh, bo or en")
    keep = _number(values, "keep_days", 35)
    return Settings(
        home=Path(values["home"]).absolute(),
        address=host.strip("[]"),
        port=int(port),
        public_url=values["public_url"] or f"http://{values['listen']}",
        centre=values["centre"].rstrip("/"),
        token=values["token"],
        name=values["name"],
        suite=values["suite"],
        hosts=frozenset(word.strip().lower() for word in values["hosts"].split(",") if word.strip()),
        language=values["language"],
        provider_seconds=_number(values, "provider_seconds", 1),
        calls_at_once=_number(values, "calls_at_once", 1),
        reads_at_once=_number(values, "reads_at_once", 1),
        unknown_per_minute=_number(values, "unknown_per_minute", 0),
        keep_days=keep,
    )


def _number(values: Mapping[str, str], name: str, least: int) -> int:
    text = values[name]
    if not text.isdecimal() or int(text) < least:
        raise ValueError(f"--{name.replace('_', '-')} wants a whole number of {least} or more")
    return int(text)
