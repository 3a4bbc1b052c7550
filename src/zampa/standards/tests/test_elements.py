"""Elements through their lives, and many of them out of a file."""

from __future__ import annotations

import io

import pytest

from zampa.approvals.queries import tasks_for
from zampa.contracts.actors import SYSTEM, Actor
from zampa.desk.exports import write
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.tests.cast import a_department, an_actor
from zampa.ledger.models import Record
from zampa.standards import acts, queries
from zampa.standards.acts.elements import draft_of
from zampa.standards.columns import ELEMENT_COLUMNS
from zampa.standards.models import Element
from zampa.standards.rules.elements import ElementDraft, element_faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def authority() -> Actor:
    return an_actor(a_department("共享主管部门", governs=True), "authority", name="卓玛")


@pytest.fixture
def editor(authority: Actor) -> Actor:
    return an_actor(a_department(), "editor", name="次仁")


def a_draft(**more: object) -> ElementDraft:
    given = {"number": "DE-100", "name": "牲畜存栏数", "type": "integer", "domain": "range", "low": "0"}
    return ElementDraft(**{**given, **more})  # type: ignore[arg-type]


def test_the_authority_enters_changes_and_ends_an_element(authority: Actor) -> None:
    row = acts.enter_element(by=authority, draft=a_draft(synonyms=["存栏", "存栏", "牲畜存栏数"], columns=["clzs"]))
    assert (row.state, row.version) == ("in_force", 1)
    assert draft_of(row) == a_draft(synonyms=["存栏"], columns=["clzs"])
    with pytest.raises(NotValid):
        acts.change_element(by=authority, element_id=row.pk, draft=a_draft(high="9"))
    acts.note_word(by=authority, number="DE-100", word="存栏头数")
    changed = acts.change_element(
        by=authority, element_id=row.pk, draft=a_draft(high="9000000", synonyms=["存栏头数"]), reason="统一上限"
    )
    assert changed.version == 2
    version = changed.versions.first()
    assert {name for name, _, _ in version.differences} == {"high", "synonyms"}
    assert list(changed.synonyms.values_list("word", "learned")) == [("存栏头数", False)]
    acts.enter_element(by=authority, draft=a_draft(number="DE-101", name="年末存栏数"))
    with pytest.raises(NotValid):
        acts.end_element(by=authority, element_id=row.pk, reason="换号", replaced_by="DE-404")
    ended = acts.end_element(by=authority, element_id=row.pk, reason="换号", replaced_by="DE-101")
    assert (ended.state, ended.replaced_by.number) == ("replaced", "DE-101")
    assert [one.number for one in queries.suggested(authority, name="牲畜存栏数")] in ([], ["DE-101"])
    with pytest.raises(Conflict):
        acts.end_element(by=authority, element_id=row.pk, reason="又一次")
    events = set(Record.objects.filter(subject=str(row.pk)).values_list("event", flat=True))
    assert events == {"standards:element:entered", "standards:element:changed", "standards:element:ended"}


def test_a_department_proposes_and_the_authority_decides(authority: Actor, editor: Actor) -> None:
    with pytest.raises(NotAllowed):
        acts.enter_element(by=editor, draft=a_draft())
    row = acts.enter_element(by=editor, draft=a_draft(), own=True)
    stranger = an_actor(a_department("气象局"), "editor")
    with pytest.raises(NotFound):
        queries.element(stranger, row.pk)
    acts.propose_element(by=editor, element_id=row.pk)
    assert "standards.element" in tasks_for(authority).values_list("kind", flat=True)
    with pytest.raises(NotAllowed):
        acts.decide_element(by=editor, element_id=row.pk, verdict="yes")
    with pytest.raises(NotValid):
        acts.decide_element(by=authority, element_id=row.pk, verdict="return")
    acts.decide_element(by=authority, element_id=row.pk, verdict="return", reason="写明单位")
    acts.change_element(by=editor, element_id=row.pk, draft=a_draft(unit="头"))
    acts.propose_element(by=editor, element_id=row.pk)
    done = acts.decide_element(by=authority, element_id=row.pk, verdict="yes")
    assert (done.state, done.unit, done.versions.count()) == ("in_force", "头", 1)
    with pytest.raises(NotAllowed):
        acts.change_element(by=editor, element_id=row.pk, draft=a_draft(unit="只"), reason="x")
    assert queries.element(stranger, row.pk).name == "牲畜存栏数"
    assert queries.suggested(editor, name="牲畜存栏数")[0].number == "DE-100"
    assert queries.suggested(stranger, name="牲畜存栏数") == []


LISTS = frozenset({"sex"})


@pytest.mark.parametrize(
    ("more", "where", "code"),
    [
        ({"number": "de 1"}, "number", "standards.element.bad_number"),
        ({"name": " "}, "name", "standards.missing"),
        ({"symbol": "9x"}, "symbol", "standards.element.bad_symbol"),
        ({"type": "number"}, "type", "standards.unknown_word"),
        ({"sensitivity": "secret"}, "sensitivity", "standards.unknown_word"),
        ({"type": "text", "domain": "free", "length": 0}, "length", "standards.element.bad_size"),
        ({"type": "text", "domain": "free", "length": 3, "min_length": 4}, "min_length",
         "standards.element.min_over_max"),
        ({"type": "decimal", "scale": 2}, "scale", "standards.element.scale_over_precision"),
        ({"length": 3}, "length", "standards.element.length_of_text"),
        ({"precision": 3}, "precision", "standards.element.precision_of_decimal"),
        ({"domain": "list", "code_list": "sex"}, "type", "standards.element.text_only"),
        ({"type": "text", "domain": "list", "code_list": "no"}, "code_list", "standards.element.unknown_list"),
        ({"type": "text", "domain": "pattern"}, "pattern", "standards.missing"),
        ({"type": "text", "domain": "pattern", "pattern": "("}, "pattern", "standards.element.bad_pattern"),
        ({"type": "text", "domain": "pattern", "pattern": "(?=a)a"}, "pattern", "standards.element.bad_pattern"),
        ({"domain": "calendar_date"}, "type", "standards.element.date_only"),
        ({"type": "text", "domain": "range"}, "type", "standards.element.range_type"),
        ({"low": ""}, "low", "standards.element.no_bound"),
        ({"low": "none"}, "low", "standards.element.bad_bound"),
        ({"low": "9", "high": "1"}, "high", "standards.element.high_under_low"),
        ({"type": "date", "low": "1.1.2020"}, "low", "standards.element.bad_bound"),
        ({"type": "date", "low": "2020-01-01", "high": "2019-01-01"}, "high", "standards.element.high_under_low"),
        ({"synonyms": ["x" * 201]}, "synonyms", "standards.element.too_many_words"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(more: dict[str, object], where: str, code: str) -> None:
    assert [(fault.where, fault.code) for fault in element_faults(a_draft(**more), LISTS)] == [(where, code)]


def test_the_carried_elements_are_sound_and_loaded_once() -> None:
    acts.load_packaged_lists(by=SYSTEM, only=["sex", "ethnic-groups", "marital-status", "countries", "id-types",
                                              "industries", "credit-code-bodies", "yes-no"])  # fmt: skip
    count = acts.load_packaged_elements(by=SYSTEM)
    assert count >= 60 and acts.load_packaged_elements(by=SYSTEM) == 0
    lists = frozenset({*queries.code_lists(SYSTEM).values_list("code", flat=True), "regions"})
    for row in Element.objects.prefetch_related("synonyms").select_related("code_list"):
        draft = draft_of(row)
        if row.domain == "list" and row.code_list is None:
            draft = ElementDraft(**{**vars(draft), "code_list": "regions"})
        assert not element_faults(draft, lists), row.number
        assert row.definition and row.versions.count() == 1
    named = {row.name: row for row in Element.objects.all()}
    assert named["公民身份号码"].domain == "id_number" and named["姓名"].sensitivity == "personal"
    first = queries.suggested(SYSTEM, name="身份证号", column="sfzh", type="text")[0]
    assert (first.name, first.score) == ("公民身份号码", 99)


def a_file(rows: list[dict[str, object]], heads: list[str] | None = None) -> bytes:
    fields = heads or list(ELEMENT_COLUMNS)
    file = io.BytesIO()
    write("xlsx", file, "x", [str(ELEMENT_COLUMNS[name]) for name in fields],
          [[row.get(name, "") for name in fields] for row in rows])  # fmt: skip
    return file.getvalue()


GOOD = {"number": "DE-200", "name": "草场面积", "type": "小数", "precision": 12, "scale": 2, "domain": "范围",
        "low": "0", "sensitivity": "一般", "synonyms": "草原面积、牧场面积", "columns": "ccmj"}  # fmt: skip


def test_a_file_enters_new_elements_and_changes_known_ones(authority: Actor) -> None:
    assert acts.import_elements(by=authority, name="x.xlsx", content=a_file([GOOD])) == (1, 0)
    row = Element.objects.get(number="DE-200")
    assert (row.type, row.domain, row.precision, row.state) == ("decimal", "range", 12, "in_force")
    assert set(row.synonyms.values_list("word", flat=True)) == {"草原面积", "牧场面积", "ccmj"}
    assert acts.import_elements(by=authority, name="x.xlsx", content=a_file([GOOD])) == (0, 0)
    more = a_file([{"number": "DE-200", "name": "草场面积", "unit": "亩"}], ["number", "name", "unit"])
    assert acts.import_elements(by=authority, name="x.xlsx", content=more) == (0, 1)
    row.refresh_from_db()
    assert (row.unit, row.version, row.low) == ("亩", 2, "0")


def test_a_wrong_cell_is_named_and_nothing_is_written(authority: Actor, editor: Actor) -> None:
    acts.enter_element(by=authority, draft=a_draft())
    rows = [GOOD, {**GOOD, "number": "DE-201", "type": "数字", "precision": "十二"}, GOOD, {**GOOD, "number": "DE-100"}]
    with pytest.raises(NotValid) as refused:
        acts.import_elements(by=editor, name="x.xlsx", content=a_file(rows), own=True)
    told = {(fault.where, fault.code) for fault in refused.value.faults}
    assert told >= {
        ("L3", "standards.import.no_number"), ("I3", "standards.unknown_word"), ("A4", "standards.import.twice"),
        ("A5", "standards.import.not_yours"),
    }  # fmt: skip
    assert Element.objects.count() == 1


def test_a_large_file_goes_in_at_once(authority: Actor, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    rows = [{"number": f"DX-{n}", "name": f"指标{n}", "synonyms": f"项{n}"} for n in range(1500)]
    with django_assert_max_num_queries(40):
        assert acts.import_elements(by=authority, name="x.xlsx", content=a_file(rows)) == (1500, 0)
