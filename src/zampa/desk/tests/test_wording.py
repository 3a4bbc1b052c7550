"""Codes become sentences; parameters that are missing never break a page."""

from django.utils.translation import override

from zampa.desk.wording import text_of, wording


def test_parameters_and_languages() -> None:
    assert text_of("desk.form.faults", {"count": 3}) == "有 3 处需要修改"
    with override("en"):
        assert text_of("desk.form.faults", {"count": 3}) == "3 places need a change"
    with override("bo"):
        assert "3" in text_of("desk.form.faults", {"count": 3})


def test_an_unworded_code_is_shown_as_it_is() -> None:
    assert text_of("nobody.worded.this") == "nobody.worded.this"


def test_missing_parameters_do_not_break_the_page() -> None:
    assert "%(count)s" in text_of("desk.form.faults", {})


def test_codes_are_spelled_and_never_empty() -> None:
    for code, text in wording().items():
        assert code == code.strip() and str(text).strip(), code
