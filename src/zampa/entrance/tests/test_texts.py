"""Interface texts: every one in English and Tibetan, with its parameters, and each file says who has read it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from zampa.desk.wording import has_text
from zampa.entrance import texts

SPEAKING = [room for room in texts.rooms() if any(True for _ in texts.messages_of(room))]
PARAMETER = re.compile(r"%\((\w+)\)[sd]|%%")


@pytest.mark.parametrize("room", SPEAKING, ids=lambda room: room.name)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_text_is_translated(room: Path, language: str) -> None:
    assert texts.missing(room, language) == []


@pytest.mark.parametrize("room", SPEAKING, ids=lambda room: room.name)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_parameters_survive_translation(room: Path, language: str) -> None:
    wrong = []
    for entry in texts.catalog_of(room, language):
        if not entry.id:
            continue
        source = entry.id if isinstance(entry.id, str) else entry.id[0]
        for said in entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,):
            if not said:
                continue  # told by the test above
            wanted, got = set(PARAMETER.findall(source)), set(PARAMETER.findall(said))
            # A singular may say "one" instead of the number.
            if got != wanted and not (isinstance(entry.id, tuple) and got <= wanted):
                wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("room", SPEAKING, ids=lambda room: room.name)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_file_states_its_status(room: Path, language: str) -> None:
    assert f'"{texts.STATUS}: ' in texts.po_path(room, language).read_text(encoding="utf-8")
    assert texts.status_of(room, language) in {"draft", "reviewed"}


@pytest.mark.parametrize("room", SPEAKING, ids=lambda room: room.name)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_chinese_is_left_in_a_translation(room: Path, language: str) -> None:
    for entry in texts.catalog_of(room, language):
        if entry.id:
            said = entry.string if isinstance(entry.string, str) else " ".join(entry.string)
            assert not re.search(r"[\u4e00-\u9fff]", said), said


@pytest.mark.parametrize("room", SPEAKING, ids=lambda room: room.name)
def test_every_event_is_worded_for_the_timelines(room: Path) -> None:
    if (room / "events.py").exists():
        events = import_module(f"zampa.{room.name}.events").Event
        assert [event.value for event in events if not has_text(event.value)] == []


def test_extraction_finds_templates_plurals_and_python(tmp_path: Path) -> None:
    room = tmp_path / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "apps.py").write_text("")
    (room / "pages.py").write_text('from x import gettext as _\nTITLE = _("一个词")\n')
    (room / "templates" / "room" / "a.html").write_text(
        '  {% translate "另一个词" %}\n'
        "\t{% blocktranslate count n=x %}{{ n }} 个词{% plural %}{{ n }} 个词{% endblocktranslate %}"
    )
    found = {message for _file, _line, message, _context in texts.messages_of(room)}
    assert found == {"一个词", "另一个词", ("%(n)s 个词", "%(n)s 个词")}
    texts.update(room, "en")
    assert texts.missing(room, "en") == ["%(n)s 个词", "一个词", "另一个词"]
    path = texts.po_path(room, "en")
    path.write_text(path.read_text().replace(f"{texts.STATUS}: draft", f"{texts.STATUS}: reviewed"))
    before = path.read_text()
    texts.update(room, "en")
    assert path.read_text() == before and "reviewed" in before


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_one_text_has_one_translation(language: str) -> None:
    """Django merges the rooms' files: were two to differ, which one a reader meets would be chance."""
    said: dict[str, set[str]] = {}
    for room in SPEAKING:
        for entry in texts.catalog_of(room, language):
            if entry.id and isinstance(entry.id, str):
                said.setdefault(entry.id, set()).add(str(entry.string))
    assert {text: words for text, words in said.items() if len(words) > 1} == {}
