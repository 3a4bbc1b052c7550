"""What the terminal says: every finding in three languages, the number of the first bad record in front."""

import string

import pytest

from zampa.evidence.__main__ import main
from zampa.evidence.tests.made import anchor_file, grown, lines_of, rewrite
from zampa.evidence.verdicts import WORDS, language_of


def test_every_text_has_three_languages_and_the_same_places():
    for key, texts in WORDS.items():
        assert set(texts) == {"en", "zh", "bo"}, key
        places = {language: _places(text) for language, text in texts.items()}
        assert places["en"] == places["zh"], key
        assert places["bo"] <= places["en"], key


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("language", "right", "wrong"), [
    ("en_GB.UTF-8", "all right: 560 records", "record 7: its body does not match"),
    ("zh_CN.UTF-8", "核验通过：记录 560 条", "第 7 条记录：正文与承诺值不符"),
    ("bo_CN.UTF-8", "ཐོ་ 560", "ཐོ་ཨང་ 7"),
])
def test_the_sentence(tmp_path, capsys, monkeypatch, language, right, wrong):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", language)
    path, trust = grown(tmp_path / "log"), anchor_file(tmp_path / "anchors")
    assert main([str(path), "--trust", str(trust)]) == 0
    assert right in capsys.readouterr().out
    lines = lines_of(path)
    next(line for line in lines if line.get("n") == 7)["body"]["actor_name"] = "x"
    assert main([str(rewrite(path, lines)), "--trust", str(trust)]) == 1
    assert wrong in capsys.readouterr().out


def test_the_terminals_language():
    assert language_of({"LANG": "C.UTF-8"}) == "en"
    assert language_of({"LANG": "en_US", "LANGUAGE": "bo:zh"}) == "bo"
    assert language_of({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US"}) == "zh"


def test_several_processes_find_what_one_finds(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("zampa.evidence.logcheck.STRETCH", 40_000)
    path, trust = grown(tmp_path / "log", steps=(100, 400, 700)), anchor_file(tmp_path / "anchors")
    for processes in ("1", "2"):
        assert main([str(path), "--trust", str(trust), "--processes", processes]) == 0
    lines = lines_of(path)
    next(line for line in lines if line.get("n") == 900)["leaf"]["actor"] = "x"
    rewrite(path, lines)
    for processes in ("1", "2"):
        assert main([str(path), "--trust", str(trust), "--processes", processes, "--json"]) == 1
        assert '"record":900' in capsys.readouterr().out
