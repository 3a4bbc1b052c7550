"""Front-end files: what npm brought is cut down to what the pages use, then gathered with hashed names.

`python -m zampa.entrance.assets` writes build/assets (sprite, purged Tabler, htmx, the Tibetan face) and
collects everything into build/static. Pages stay far below 300 kB, and no third-party file is committed.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import allauth
import django
from django.conf import settings
from django.core.management import call_command

from zampa.entrance.assets_css import CLASS, drop_variables, purge

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
MODULES = ROOT / "node_modules"
STYLES = Path(__file__).resolve().parent / "styles"
BUILT = ROOT / "build" / "assets" / "zampa"
GATHERED = ROOT / "build" / "static"
ICONS = MODULES / "@tabler/icons/icons/outline"
FONT = "noto-serif-tibetan-tibetan-400-normal.woff2"
_ICON = re.compile(r"""\{%\s*icon\s+["']([\w-]+)["']|\bicon(?::\s*str)?\s*=\s*["']([\w-]+)["']""")
_EMPTY_ICON = re.compile(r"""\{%\s*empty\s[^%]*["']([a-z][a-z0-9-]+)["']\s*%\}""")
_SVG_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BLANK = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
# Parts of Tabler we redraw ourselves, and colour modes it writes with functions that county offices' browsers lack.
REFUSED = ("[data-bs-theme", ":host", "::-webkit-scrollbar", "::selection")


def sources(*endings: str) -> Iterable[str]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in endings and "tests" not in path.parts:
            yield path.read_text(encoding="utf-8")


def used_words() -> set[str]:
    """Every word of a template that could be a class."""
    words: set[str] = set()
    for text in sources(".html"):
        words.update(re.findall(r"-?[A-Za-z_][\w-]*", text))
    return words


def used_icons() -> set[str]:
    """Icons named in templates by the icon and empty tags, and in Python by a keyword of that name."""
    names: set[str] = set()
    for text in sources(".html", ".py"):
        names.update(name for found in _ICON.findall(text) for name in found if name)
        names.update(_EMPTY_ICON.findall(text))
    return names


def unknown_icons(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if not (ICONS / f"{name}.svg").is_file())


def sprite(names: Iterable[str]) -> str:
    """One SVG whose symbols are the icons."""
    symbols = []
    for name in sorted(names):
        found = _SVG_INSIDE.search((ICONS / f"{name}.svg").read_text(encoding="utf-8"))
        inside = re.sub(r"\s+", " ", found[1].replace(_BLANK, "")).strip() if found else ""
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{inside}</symbol>'
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def own_css() -> str:
    """Our own sheet, in the order of its parts; a class it speaks of is never Tabler's."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(STYLES.glob("*.css")))


def build() -> None:
    """Write build/assets anew."""
    if not MODULES.is_dir():
        raise SystemExit("node_modules is missing: run `make setup` (npm ci) first")
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    tabler = (MODULES / "@tabler/core/dist/css/tabler.min.css").read_text(encoding="utf-8")
    ours = own_css()
    kept = purge(tabler, used_words() - set(CLASS.findall(ours)), REFUSED)
    (BUILT / "zampa.css").write_text(drop_variables(kept, ours) + "\n" + ours, encoding="utf-8")
    icons, unknown = used_icons(), unknown_icons(used_icons())
    if unknown:
        print(f"Tabler has no icon named {', '.join(unknown)}", file=sys.stderr)
    (BUILT / "icons.svg").write_text(sprite(icons - set(unknown)), encoding="utf-8")
    shutil.copyfile(MODULES / "htmx.org/dist/htmx.min.js", BUILT / "htmx.js")
    shutil.copyfile(MODULES / "@fontsource/noto-serif-tibetan/files" / FONT, BUILT / "tibetan.woff2")


def ready() -> bool:
    return (BUILT / "icons.svg").exists() and (GATHERED / "staticfiles.json").exists()


def gather() -> None:
    """Collect into build/static, with hashed names and compressed twins. Needs no installation, hence own settings."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_URL="/static/",
        STATIC_ROOT=GATHERED,
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATICFILES_DIRS=[
            BUILT.parent,
            *sorted(PACKAGE.glob("*/static")),
            Path(allauth.__file__).parent / "mfa/static",
            Path(allauth.__file__).parent / "account/static",
        ],
        STORAGES={"staticfiles": {"BACKEND": "zampa.entrance.assets_storage.Gathered"}},
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


if __name__ == "__main__":
    build()
    gather()
    print(f"{len(used_icons())} icons; {sum(1 for _ in GATHERED.rglob('*'))} files", file=sys.stderr)
