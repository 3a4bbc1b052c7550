"""What the tags draw."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.utils.translation import override


def drawn(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


def clock(days: float, left: int, **more: Any) -> SimpleNamespace:
    due = datetime.now(UTC) + timedelta(days=days)
    return SimpleNamespace(**{"due": due, "met_at": None, "paused_at": None, "days_left": left, **more})


@pytest.mark.parametrize(
    ("given", "word", "tone"),
    [
        (clock(9, 6), "还剩 6 个工作日", 'class="clock "'),
        (clock(4, 3), "还剩 3 个工作日", "due"),
        (clock(0.99, 0), "今天到期", "due"),
        (clock(-3, -2), "超期 2 个工作日", "late"),
        (clock(-1, 0), "已超期", "late"),
        (clock(4, 3, met_at=datetime(2026, 12, 1, tzinfo=UTC)), "2026-12-01", "ok"),
        (clock(4, 3, paused_at=datetime(2026, 12, 1, tzinfo=UTC)), "暂停", "muted"),
        (None, "—", "muted"),
    ],
)
def test_clock(given: object, word: str, tone: str) -> None:
    html = drawn("{% clock c %}", c=given)
    assert word in html and tone in html


def test_the_due_day_is_the_day_before_midnight() -> None:
    due = datetime(2030, 12, 11, 16, tzinfo=UTC)  # 24:00 of the 11th in Shanghai
    html = drawn("{% clock c %}", c=SimpleNamespace(due=due, met_at=None, paused_at=None, days_left=3))
    assert "2030-12-11" in html


def test_english_counts_days_in_two_forms() -> None:
    with override("en"):
        assert "1 working day left" in drawn("{% clock c %}", c=clock(2, 1))
        assert "2 working days left" in drawn("{% clock c %}", c=clock(3, 2))


@pytest.mark.parametrize(
    ("word", "tone"),
    [
        ("published", "live"),
        ("waiting_provider", "wait"),
        ("refused", "bad"),
        ("running", "busy"),
        ("draft", "quiet"),
        ("odd", "quiet"),
    ],
)
def test_state_tones(word: str, tone: str) -> None:
    assert f'class="tag {tone}"' in drawn("{% state s %}", s=word)


def test_state_escapes_what_it_does_not_know() -> None:
    assert "<b>" not in drawn("{% state s %}", s="<b>")


def test_bars_and_sparks_have_no_inline_style() -> None:
    html = drawn(
        "{% bars rows %}{% spark values label %}",
        rows=[{"label": "甲", "share": 37.4, "text": "37%"}],
        values=[1, 2],
        label="趋势",
    )
    assert 'width="37%"' in html and "style=" not in html
    assert 'points="0.0,24.0 260.0,4.0"' in html


def test_figure_links_and_shortens() -> None:
    html = drawn("{% figure '调用' n '+12%' 'up' '/x/' %}", n=1_284_000)
    assert 'href="/x/"' in html and "128.4\u202f万" in html


def test_path_marks_the_present_step() -> None:
    html = drawn("{% path s %}", s=[{"label": "提交", "status": "done"}, {"label": "审批", "status": "now"}])
    assert html.count("aria-current") == 1


def test_a_slot_nobody_fills_is_empty() -> None:
    assert drawn("{% slot 'nothing' %}") == ""
