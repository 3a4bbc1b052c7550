import pytest

from zampa.catalogue import rules
from zampa.catalogue.rules.impacts import Assessed, PersonalItem, impact_faults
from zampa.contracts.actors import Actor
from zampa.contracts.schemas import Field


def an_item(name="姓名", sharing="conditional", sensitivity="personal", **more):
    return rules.EntryItem(name=name, sharing=sharing, sensitivity=sensitivity, **more)


LOOKED_AT = Assessed(
    items=tuple(PersonalItem(key=name, name=name, sensitivity="sensitive") for name in ("姓名", "a", "证号")),
    sharing="unconditional",
    opening="open",
)
WHOLE = rules.Entry(
    name="常住人口",
    category="personal",
    secrecy_checked=True,
    assessed=LOOKED_AT,
    abstract="户籍",
    class_code="101",
    sharing="conditional",
    use_requirement="basis",
    conditions="依法",
    scope="全区",
    update_cycle="daily",
    grade="4",
    items=(an_item(),),
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
        (changed(sharing="unconditional", scope="", items=(an_item(conditions="核验"),)), set()),
        (
            changed(sharing="unconditional", use_requirement="", items=(an_item(conditions="核验"),)),
            {("use_requirement", "missing_use")},
        ),
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
        (changed(items=(an_item("a"), an_item("a"))), {("items.2", "name_twice")}),
        (changed(items=(an_item("证号", "unconditional", "sensitive"),)), {("items.1", "sensitive_unconditional")}),
        (changed(grade="2"), {("grade", "grade_too_low")}),
        (changed(category=""), {("category", "missing")}),
        (changed(secrecy_checked=False), {("secrecy_checked", "secrecy_unchecked")}),
        (changed(assessed=None), {("impact", "impact_unassessed")}),
        (changed(assessed=None, items=(an_item(sensitivity="public"),)), set()),
        (
            changed(opening="open", sharing="none", basis_kind="law", basis_instrument="统计法", basis_article="第9条"),
            {("opening", "open_but_not_shared")},
        ),
        (changed(sharing="partly"), {("sharing", "unknown_sharing")}),
        (changed(sharing="unconditional", conditions=""), {("items.1", "missing_conditions")}),
        (changed(sharing="unconditional", conditions="", items=(an_item(conditions="核验用"),)), set()),
        (
            changed(items=(an_item(sharing="none"),)),
            {
                ("items.1", "missing_basis"),
                ("items.1", "missing_basis_instrument"),
                ("items.1", "missing_basis_article"),
            },
        ),
        (
            changed(
                items=(an_item(sharing="none", basis_kind="local", basis_instrument="办法", basis_article="第三条"),)
            ),
            {("items.1", "local_rule")},
        ),
        (
            changed(items=(an_item(sharing="none", basis_kind="law", basis_instrument="法", basis_article="第三条"),)),
            set(),
        ),
        (
            changed(sharing="none", basis_kind="decision", basis_instrument="决定", basis_article="有关规定"),
            {("basis_article", "missing_basis_article")},
        ),
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
        ("ethnicity", "", (), "personal", "origin", "ethnic_code"),
        ("name", "", (), "personal", "name", "name"),
        ("sex", "", (), "personal", "sex", "sex_code"),
        ("c3", "", ("1980-01-01", "1999-12-31"), "public", "date_values", "calendar_date"),
        ("c4", "", ("91350100M000100Y43",), "public", "credit_values", "credit_code"),
        ("notional", "", ("x",), "public", "", ""),
        ("telemetry", "", (), "public", "", ""),
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
    kinds = [check.kind for check in rules.checks_for(field, rules.suggest(field), sole_key=True)]
    assert kinds == ["not_null", "unique", "id_number", "max_length"]
    sex = Field(name="sex", type="text", length=1)
    (one_of, _) = rules.checks_for(sex, rules.suggest(sex))
    assert (one_of.kind, one_of.params["values"]) == ("one_of", ["0", "1", "2", "9"])
    born = Field(name="born", type="date")
    assert rules.checks_for(born, rules.suggest(born)) == []  # the type itself says it is a date


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


def test_a_source_may_spell_a_type_otherwise():
    fields = [Field(name="a", type="integer"), Field(name="b", type="decimal")]
    assert rules.column_differences([("a", "decimal")], fields) == []


def test_warnings_hinder_nothing():
    entry = changed(sharing="unconditional")
    assert [one.code for one in rules.warnings_of(entry)] == ["catalogue.resource.all_items_conditional"]
    assert rules.warnings_of(WHOLE) == []


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"sensitivity": "sensitive"}, ["catalogue.impact.items_new"]),
        ({"key": "phone"}, []),
        ({"key": "phone", "name": "电话"}, ["catalogue.impact.items_new"]),
        ({"name": "名字"}, []),
        ({"sharing": "unconditional"}, ["catalogue.impact.wider"]),
        ({"opening": "conditional"}, ["catalogue.impact.wider"]),
        ({"sharing": "none", "opening": "open"}, []),
    ],
)
def test_an_assessment_covers_what_it_looked_at_and_no_more(more, codes):
    item = {"key": "name", "name": "姓名", "sensitivity": "personal"}
    before = Assessed(items=(PersonalItem(**item),), sharing="conditional")
    said = {name: more.get(name, getattr(before, name)) for name in ("sharing", "opening")}
    now = Assessed(items=(PersonalItem(**item | {name: more[name] for name in item.keys() & more.keys()}),), **said)
    assert [fault.code for fault in impact_faults(now, before)] == codes
