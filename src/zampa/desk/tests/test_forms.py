"""Acts run from forms: faults beside their fields, all else on top, nothing typed lost."""

import pytest
from django import forms
from django.template import engines

from zampa.desk.forms import DeskForm, run_act
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid, Unavailable


class Small(DeskForm):
    purpose = forms.CharField(label="使用场景", help_text="例：资格认证")
    until = forms.DateField(label="使用到", required=False)


def raising(error: Exception) -> object:
    def act() -> None:
        raise error

    return act


def test_a_valid_form_runs_the_act_and_an_invalid_one_does_not() -> None:
    ran = []
    assert run_act(Small({"purpose": "x"}), lambda: ran.append(1) or "made") == "made"
    assert run_act(Small({}), lambda: ran.append(2)) is None
    assert ran == [1]


def test_faults_land_beside_their_field_and_unknown_places_on_top() -> None:
    form = Small({"purpose": "认证", "until": "2026-12-12"})
    faults = [Fault("purpose", "desk.form.one_fault"), Fault("items.3", "desk.form.faults", {"count": 3})]
    assert run_act(form, raising(NotValid("x.y.z", faults=faults))) is None
    assert form.errors["purpose"] == ["有 1 处需要修改"]
    assert form.non_field_errors() == ["有 3 处需要修改"]
    assert form["purpose"].value() == "认证"
    assert form.faults() == 2


@pytest.mark.parametrize("kind", [NotAllowed, Conflict, Unavailable, NotValid])
def test_other_errors_stand_on_top(kind: type[Exception]) -> None:
    form = Small({"purpose": "x"})
    assert run_act(form, raising(kind("desk.signed_out"))) is None
    assert form.non_field_errors() == ["请先登录。"]


def test_what_is_not_found_is_not_swallowed() -> None:
    with pytest.raises(NotFound):
        run_act(Small({"purpose": "x"}), raising(NotFound("a.b.c")))


def test_rendered_errors_are_tied_to_their_field_and_counted() -> None:
    form = Small({"until": "morgen"})
    form.is_valid()
    html = engines["django"].from_string("{% fields form %}").render({"form": form})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_purpose_helptext id_purpose_error"' in html
    assert 'id="id_purpose_error"' in html and 'id="id_purpose_helptext"' in html
    assert "有 2 处需要修改" in html and 'role="alert"' in html
    assert 'value="morgen"' in html
    assert "请按 2026-12-12 的样式填写日期。" in html


def test_help_and_values_are_escaped() -> None:
    form = Small({"purpose": "<script>", "until": "<b>"})
    html = engines["django"].from_string("{% fields form %}").render({"form": form})
    assert "<script>" not in html and "&lt;script&gt;" in html
