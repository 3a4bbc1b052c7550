"""Front-end files: only what is used, light, and nothing fetched from elsewhere."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from zampa.entrance import assets
from zampa.entrance.assets_css import blocks, drop_variables, purge, selectors

ROOT = Path(__file__).resolve().parents[4]


def test_purge_keeps_rules_whose_every_class_is_used() -> None:
    css = "a{x:1}.btn,.card .btn{y:1}.btn:hover::before{z:1}@media print{.card{q:1}.btn{r:1}}.btn[data-x]{s:1}"
    kept = purge(css, {"btn"}, ("[data-x",))
    assert kept == "a{x:1}.btn{y:1}.btn:hover::before{z:1}@media print{.btn{r:1}}"


def test_purge_drops_idle_keyframes_and_comments() -> None:
    css = '@charset "UTF-8";/* {unbalanced */@keyframes spin{to{x:1}}@keyframes gone{to{x:1}}'
    css += ".a{animation:1s spin}.b{animation:gone}"
    kept = purge(css, {"a"})
    assert "spin" in kept and "gone" not in kept and "charset" not in kept


def test_variables_nobody_reads_go_with_those_only_they_read() -> None:
    css = ":root{--a:1px;--b:var(--c);--c:2px;--d:var(--e);--e:3px}.x{margin:var(--d)}"
    assert drop_variables(css) == ":root{--d:var(--e);--e:3px}.x{margin:var(--d)}"
    assert "--a:1px" in drop_variables(css, ".y{margin:var(--a)}")


def test_selectors_are_cut_at_their_outer_commas() -> None:
    assert selectors(".a:is(.b,.c),.d") == [".a:is(.b,.c)", ".d"]
    assert list(blocks("@import 'x';a{b:c}")) == [("a", "b:c")]


def test_no_address_of_a_registry_is_committed() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock and "registry." not in lock
    assert "integrity" in lock
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8")


needs_packages = pytest.mark.skipif(not assets.MODULES.is_dir(), reason="no node_modules: run make setup")


@needs_packages
def test_every_icon_named_in_a_page_exists() -> None:
    assert assets.unknown_icons(assets.used_icons()) == []
    sprite = assets.sprite(assets.used_icons())
    assert 'id="search"' in sprite and "<script" not in sprite


@needs_packages
def test_a_page_stays_light() -> None:
    """Style sheet, scripts and sprite compressed, leaving 150 kB for a long list's own text; the face by itself."""
    if not (assets.BUILT / "icons.svg").exists():
        assets.build()
    own = Path(assets.__file__).parent / "static" / "zampa" / "zampa.js"
    shared = [assets.BUILT / name for name in ("zampa.css", "icons.svg", "htmx.js")] + [own]
    weight = sum(len(gzip.compress(path.read_bytes())) for path in shared)
    assert weight < 100_000
    assert (assets.BUILT / "tibetan.woff2").stat().st_size <= 170_000


@needs_packages
def test_the_sheet_fetches_only_our_face() -> None:
    if not (assets.BUILT / "icons.svg").exists():
        assets.build()
    css = (assets.BUILT / "zampa.css").read_text(encoding="utf-8")
    fetched = [url for url in re.findall(r"url\(([^)]*)\)", css) if not url.strip("\"'").startswith("data:")]
    assert fetched == ['"tibetan.woff2"']
