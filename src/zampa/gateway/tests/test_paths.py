"""A path is canonical or refused; nothing in between reaches a provider."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zampa.gateway.paths import canonical, canonical_query, route
from zampa.gateway.refusals import Refusal

BAD = [
    "", "g/x", "//g/G-1/rows", "/g//G-1/rows", "/g/G-1/pass/../x", "/g/G-1/pass/./x", "/g/G-1/pass/..",
    "/g/G-1/pass/a%2fb", "/g/G-1/pass/a%2Fb", "/g/G-1/pass/%2e%2e/x", "/g/G-1/pass/%5c", "/g/G-1/pass/%252f",
    "/g/G-1/pass/%00", "/g/G-1/pass/\\x", "/g/G-1/pass/%0a", "/g/G-1/pass/a b", "/g/G-1/pass/é", "/g/G-1/pass/%zz",
    "/g/G-1/pass/%", "http://h/g/G-1/rows",
    "*", "/g/G-1/pass/a#b", "/" + "a" * 5000,
]


@pytest.mark.parametrize("path", BAD)
def test_bad_paths_are_refused(path: str) -> None:
    with pytest.raises(Refusal) as raised:
        canonical(path)
    assert raised.value.code == "gateway.request.bad_path"


@given(st.text(st.sampled_from("abgG1-/.%2fFeE5cC~\\ ;:@#?\0"), max_size=40))
def test_a_taken_path_means_the_same_to_every_reader(text: str) -> None:
    try:
        path = canonical("/" + text)
    except Refusal:
        return
    decoded = unquote(path)
    assert path.count("/") == decoded.count("/")
    assert not {"", ".", ".."} & set(decoded.split("/")[1:-1])
    assert decoded.split("/")[-1] not in (".", "..")
    assert "\\" not in decoded and "\0" not in decoded and unquote(decoded) == decoded


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    for ask in (canonical, canonical_query):
        try:
            ask(text)
        except Refusal as refusal:
            assert refusal.status == 400


def test_routes() -> None:
    assert (route("/g/G-1/rows").kind, route("/g/G-1/rows").target) == ("query", "G-1")
    assert route("/g/G-1/pass").rest == "" and route("/g/G-1/pass/").rest == "/"
    assert route("/g/G-1/pass/a/b").rest == "/a/b"
    assert route("/calls/0193").kind == "call" and route("/healthz").kind == "healthz"
    for nowhere in ("/", "/g/G-1", "/g/G-1/rows/x", "/g/G-1/verify/", "/g/G_1/rows", "/calls/a/b", "/metrics/"):
        with pytest.raises(Refusal) as raised:
            route(nowhere)
        assert raised.value.status == 404
