import pytest

from zampa.catalogue import rules
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import Field

WHOLE = rules.Entry(
    name="常住人口",
    abstract="户籍",
    class_code="101",
    sharing="conditional",
    use_requirement="basis",
    conditions="依法",
    scope="全区",
    update_cycle="daily",
    grade="4",
    items=(("姓名", "conditional", "personal"),),
)


def changed(**more):
    return rules.Entry(**{name: getattr(WHOLE, name) for name in WHOLE.__struct_fields__} | more)


def codes(entry):
    return {(fault.where, fault.code.rsplit(".", 1)[1]) for fault in rules.faults_of(entry)}


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (WHOLE, set()),
        (changed(abstract="  "), {("abstract", "missing")}),
        (changed(conditions=""), {("conditions", "missing_conditions")}),
        (changed(scope=""), {("scope", "missing_scope")}),
        (changed(sharing="unconditional", conditions="", scope=""), set()),
        (changed(sharing="unconditional", use_requirement=""), {("use_requirement", "missing_use")}),
        (changed(sharing="none", basis_kind="law", basis_instrument="统计法", basis_article="第二十五条"), set()),
        (
            changed(sharing="none", basis_kind="local", basis_instrument="办法", basis_article="第三条"),
            {("basis_kind", "local_rule")},
        ),
        (
            changed(sharing="none"),
            {
                ("basis_kind", "missing_basis"),
                ("basis_instrument", "missing_basis_instrument"),
                ("basis_article", "missing_basis_article"),
            },
        ),
        (
            changed(sharing="none", basis_kind="regulation", basis_instrument="条例"),
            {("basis_article", "missing_basis_article")},
        ),
        (changed(opening="conditional"), {("opening_conditions", "missing_opening_conditions")}),
        (changed(items=()), {("items", "missing_items")}),
        (changed(items=(), format="efile"), set()),
        (changed(items=(("a", "none", "public"), ("a", "none", "public"))), {("items.2", "name_twice")}),
        (changed(items=(("证号", "unconditional", "sensitive"),)), {("items.1", "sensitive_unconditional")}),
    ],
)
def test_what_an_entry_must_hold(entry, found):
    assert codes(entry) == found


@pytest.mark.parametrize(
    ("state", "step", "leads"),
    [
        ("draft", "submit", "submitted"),
        ("submitted", "sign", "signed"),
        ("signed", "publish", "published"),
        ("signed", "return", "returned"),
        ("returned", "submit", "submitted"),
        ("published", "submit", None),
        ("draft", "publish", None),
        ("submitted", "publish", None),
        ("withdrawn", "submit", None),
    ],
)
def test_steps(state, step, leads):
    assert rules.next_state(state, step) == leads


def actor(*posts, department="d1", governs=()):
    return Actor(
        kind="person", id="p", name="p", department=department, posts=frozenset(posts), governs=frozenset(governs)
    )


@pytest.mark.parametrize(
    ("answer", "allowed", "reason"),
    [
        (rules.may_edit(actor("editor"), "d1"), True, "catalogue.access.editor"),
        (rules.may_edit(actor("editor"), "d2"), False, "catalogue.access.other_department"),
        (rules.may_edit(actor("department_head"), "d1"), False, "catalogue.access.needs_editor"),
        (rules.may_sign(actor("sharing_head"), "d1"), False, "catalogue.access.needs_department_head"),
        (rules.may_sign(actor("department_head"), "d1"), True, "catalogue.access.department_head"),
        (rules.may_review(actor("authority", governs=["540000"]), "540000"), True, "catalogue.access.authority"),
        (rules.may_review(actor("authority", governs=["540100"]), "540000"), False, "catalogue.access.needs_authority"),
        (rules.may_review(actor("editor", governs=["540000"]), "540000"), False, "catalogue.access.needs_authority"),
    ],
)
def test_who_may(answer, allowed, reason):
    assert (answer.allowed, answer.reason) == (allowed, reason)


@pytest.mark.parametrize(
    ("name", "comment", "sample", "sensitivity", "reason", "check"),
    [
        ("id_number", "", (), "sensitive", "id_number", "id_number"),
        ("c1", "公民身份号码", (), "sensitive", "id_number", "id_number"),
        ("c1", "", ("11010519491231002X", "540102198001011234"), "sensitive", "id_values", "id_number"),
        ("c1", "", ("11010519491231002X", "x"), "public", "", ""),
        ("c2", "", ("13800000000",), "personal", "phone_values", ""),
        ("ethnicity", "", (), "sensitive", "origin", ""),
        ("name", "", (), "personal", "name", ""),
        ("credit_code", "", (), "public", "credit_code", "credit_code"),
        ("station", "站号", ("55591",), "public", "", ""),
    ],
)
def test_suggestions_say_their_trace(name, comment, sample, sensitivity, reason, check):
    found = rules.suggest(Field(name=name, type="text", comment=comment), sample)
    assert (found.sensitivity, found.reason.rpartition(".")[2], found.check) == (sensitivity, reason, check)


def test_a_name_is_personal_only_in_a_table_of_people():
    places = [Field(name="code", type="text"), Field(name="name", type="text")]
    assert not rules.about_people(places)
    assert rules.suggest(places[1], about_people=False).sensitivity == "public"
    assert rules.about_people([*places, Field(name="born", type="date")])


def test_checks_follow_the_column():
    field = Field(name="id_number", type="text", length=18, nullable=False)
    kinds = [check.kind for check in rules.checks_for(field, "证号", rules.suggest(field))]
    assert kinds == ["not_null", "id_number", "max_length"]


def test_differences_are_named_by_field_and_item():
    before = {"name": "a", "grade": "2", "items": [{"name": "x", "type": "text"}, {"name": "y", "type": "text"}]}
    after = {"name": "a", "grade": "3", "items": [{"name": "x", "type": "date"}, {"name": "z", "type": "text"}]}
    assert rules.differences(before, after) == [
        ("grade", "2", "3"),
        ("items.x.type", "text", "date"),
        ("items.y", "y", None),
        ("items.z", None, "z"),
    ]


def test_columns_compared():
    fields = [Field(name="a", type="text"), Field(name="b", type="date")]
    assert rules.column_differences([("a", "text"), ("b", "text"), ("c", "text")], fields) == [
        ("b", "type", "text -> date"),
        ("c", "gone", ""),
    ]
