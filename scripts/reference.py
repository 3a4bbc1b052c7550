"""Write docs/settings.md, docs/events.md and docs/api.md anew from what the code says; tests hold them to it."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zampa.entrance.testing")
os.environ.setdefault("ZAMPA_HOME", "build/reference-home")
django.setup()

from django.apps import apps  # noqa: E402 - models need the settings first
from django.test import Client  # noqa: E402
from django.utils import translation  # noqa: E402

from zampa.desk.wording import text_of  # noqa: E402
from zampa.entrance.options import OPTIONS  # noqa: E402
from zampa.gateway.settings import ROWS  # noqa: E402

DOCS = Path(__file__).resolve().parents[1] / "docs"


def settings_page() -> str:
    lines = [
        "# Settings\n",
        "Every setting is a row of `src/zampa/entrance/options.py` (control plane) or of",
        "`src/zampa/gateway/settings.py` (gateway), read from the environment. A test fails when one has no line.\n",
        "## Control plane\n",
        "| setting | default | what it does |\n|---|---|---|",
    ]
    lines += [_setting(row.name, row.default, row.help) for row in OPTIONS]
    lines += ["\n## Gateway\n\nEach is a flag of `zampa gateway` as well.\n"]
    lines += ["| setting | default | what it does |\n|---|---|---|"]
    lines += [_setting(row.name, row.default, row.help) for row in ROWS]
    return "\n".join(lines) + "\n"


def _setting(name: str, default: str, told: str) -> str:
    return f"| `{name}` | {f'`{default}`' if default else '(empty)'} | {told} |"


def events_page() -> str:
    lines = [
        "# Events\n",
        "Everything that happens has a spelled name, `room:subject:happened`, and makes one record in the ledger. A",
        "test fails when an event has no line here.\n",
    ]
    for config in apps.get_app_configs():
        if not config.name.startswith("zampa.") or not (Path(config.path) / "events.py").exists():
            continue
        lines += [f"## {config.label}\n", "| event | zh | en |\n|---|---|---|"]
        for event in importlib.import_module(f"{config.name}.events").Event:
            told = []
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    told.append(text_of(str(event)))
            lines.append(f"| `{event}` | {told[0]} | {told[1]} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def api_page() -> str:
    schema = json.loads(Client(HTTP_HOST="localhost").get("/api/openapi.json").content)
    lines = [
        "# JSON API\n",
        "The whole description is served at `/api/openapi.json`. Who calls: a session with its CSRF token, or a",
        "personal token as `Authorization: Bearer ...`; gateways sign their requests (RFC 9421). Errors are",
        "problem+json (RFC 9457) with a `code` and `errors` that name each place. A test fails when one has no line.\n",
        "| operation | what it does |\n|---|---|",
    ]
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            told = (operation.get("description") or operation.get("summary") or "").strip().splitlines()
            lines.append(f"| `{method.upper()} {path}` | {told[0] if told else ''} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for name, page in (("settings.md", settings_page), ("events.md", events_page), ("api.md", api_page)):
        (DOCS / name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")
