"""Quality rules of an entry on a real table: stated, inherited, carried out, told; rows that fail, for their owner."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import psycopg
import pytest

from zampa.catalogue import acts, queries_quality
from zampa.catalogue.models import Dependant, Item, Judgement, Resource, Ruling, SampledRow
from zampa.catalogue.rules import quality as rules
from zampa.catalogue.tests.cast import Office, a_source, an_entry, attach, persons, publish
from zampa.contracts.actors import SYSTEM
from zampa.contracts.flowspecs import Check, Comparison
from zampa.contracts.quality import Compare, Fresh, Implies, InList, Pattern, Refers, Rule, Unique
from zampa.ground.clock import utc_now
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.models import Message
from zampa.identity.tests.cast import a_department, an_actor
from zampa.ledger.models import Record

pytestmark = pytest.mark.django_db
RIGHT = "11010519491231002X"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def entry(office: Office, provider_database: str) -> Resource:
    """A published entry on a table of five people whose identity numbers are all badly made."""
    persons(provider_database)
    source = a_source(office, provider_database)
    made = publish(office, an_entry(office, source))
    attach(office, made, source)
    return made


def mend(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as there:
        there.execute("DELETE FROM persons WHERE name <> '扎西1'")
        there.execute("UPDATE persons SET id_number = %s", [RIGHT])


def judged(entry: Resource) -> Judgement:
    waiting = acts.ask_judgement(by=SYSTEM, resource_id=entry.pk)
    done = acts.perform_judgement(waiting.pk)
    assert done is not None
    return done


def events() -> list[str]:
    rows = Record.objects.filter(event__startswith="catalogue:quality").order_by("pk")
    return list(rows.values_list("event", flat=True))


def test_rules_run_and_their_end_is_told(office: Office, entry: Resource, provider_database: str) -> None:
    found = judged(entry)
    assert (found.state, found.rows, found.latest, found.problem) == ("done", 5, True, "")
    bad = found.rulings.get(kind="id_number")
    assert (bad.origin, bad.field, bad.dimension, bad.checked, bad.failed, bad.held) == (
        "item", "公民身份号码", "accurate", 5, 5, False
    )
    assert found.broken == 1 and found.kept == found.rulings.count() - 1 and found.skipped == 0
    assert found.scores["complete"] == 1000 and found.scores["accessible"] == 1000
    assert found.scores["accurate"] < 1000 and found.score == sum(found.scores.values()) // len(found.scores)
    assert events() == ["catalogue:quality:fell"]
    told = Message.objects.filter(code="catalogue.message.quality_fell")
    assert {str(row.person_id) for row in told} == {office.editor.id}
    assert judged(entry).broken == 1 and events() == ["catalogue:quality:fell"]  # told once

    mend(provider_database)
    again = judged(entry)
    assert (again.broken, again.rows, again.latest) == (0, 1, True)
    assert events() == ["catalogue:quality:fell", "catalogue:quality:held"]
    assert Judgement.objects.filter(resource=entry, latest=True).count() == 1


def test_rules_of_its_own(office: Office, entry: Resource) -> None:
    state = lambda rule, by=office.editor: acts.state_rule(by=by, resource_id=entry.pk, rule=rule)  # noqa: E731
    name = Item.objects.get(resource=entry, column="name").name
    born = Item.objects.get(resource=entry, column="born").name
    called = Comparison(field=name, op="starts", value="扎西")
    adult = Implies(called, Comparison(field=born, op=">", value="1990-01-01"))
    state(Rule(code="adult", test=adult, severity="warns", message="成年才登记"))
    state(Rule(code="place", field=name, test=Pattern("扎西[1-3]"), tolerance_percent=50))
    state(Rule(code="pair", field=name, test=Unique((born,))))
    state(Rule(code="new", field=born, test=Fresh()))
    found = {one.code: one for one in judged(entry).rulings.filter(origin="own")}
    assert {code: (one.checked, one.failed, one.held) for code, one in found.items()} == {
        "adult": (5, 5, False), "place": (5, 2, True), "pair": (5, 0, True), "new": (1, 1, False),
    }
    assert found["new"].measured["limit"] == 2
    for rule, code in (
        (Rule(code="x", field="没有", test=Unique()), "flows.rule.unknown_field"),
        (Rule(code="x", field=name, test=Pattern("(")), "flows.check.bad_pattern"),
        (Rule(code="x", field=name, test=InList("no-such")), "flows.rule.unresolved_list"),
    ):
        with pytest.raises(NotValid) as caught:
            state(rule)
        assert [fault.code for fault in caught.value.faults] == [code]
    with pytest.raises(NotAllowed):
        state(Rule(code="x", field=name, test=Unique()), by=an_actor(a_department("民政厅"), "editor"))
    held = entry.quality_rules.get(code="place")
    acts.drop_rule(by=office.editor, rule_id=held.pk)
    assert not entry.quality_rules.filter(code="place").exists()
    stated = Record.objects.filter(event__in=("catalogue:rule:stated", "catalogue:rule:dropped"))
    assert stated.count() == 5


def test_another_departments_data_is_compared_with_only_when_granted_whole(
    office: Office, entry: Resource, provider_database: str
) -> None:
    other = Office("民政厅", office.authority_department)
    source = a_source(other, provider_database, "婚姻库")
    theirs = publish(other, an_entry(other, source, "婚姻登记"))
    attach(other, theirs, source)
    mine = Item.objects.get(resource=entry, column="id_number").name
    rule = Rule(code="known", field=mine, test=Refers(str(theirs.pk), mine))
    with pytest.raises(NotValid) as caught:
        acts.state_rule(by=office.editor, resource_id=entry.pk, rule=rule)
    assert caught.value.faults[0].code == "catalogue.quality.other_not_granted"
    item = Item.objects.get(resource=theirs, column="id_number")
    told = {"resource_id": theirs.pk, "kind": "exchange.grant", "dependant_id": "g", "name": "G",
            "department_id": office.department.pk, "items": [str(item.pk)]}
    acts.note_dependant(**told)
    with pytest.raises(NotValid):  # granted behind a mask
        acts.state_rule(by=office.editor, resource_id=entry.pk, rule=rule)
    acts.note_dependant(**told, plain=[str(item.pk)])
    acts.state_rule(by=office.editor, resource_id=entry.pk, rule=rule)
    found = judged(entry).rulings.get(code="known")
    assert (found.checked, found.failed, found.problem) == (5, 0, "")
    Dependant.objects.update(gone_at=utc_now())
    assert judged(entry).rulings.get(code="known").problem == "flows.rule.other_not_usable"


def test_rows_that_fail_are_their_owners_alone_for_thirty_days(office: Office, entry: Resource) -> None:
    found = judged(entry)
    held = SampledRow.objects.filter(ruling__judgement=found)
    assert held.count() == 5 and not any("5401021980" in row.sealed + row.commitment for row in held)
    for stranger in (office.authority, an_actor(office.department, "system_admin"),
                     an_actor(a_department("民政厅"), "editor")):
        with pytest.raises(NotAllowed):
            acts.read_samples(by=stranger, judgement_id=found.pk)
    (opened,) = acts.read_samples(by=office.editor, judgement_id=found.pk)
    assert opened.ruling.kind == "id_number" and opened.names == ["公民身份号码"]
    assert sorted(row[0] or "" for row in opened.rows)[0] == "540102198001010001"
    assert Record.objects.filter(event="catalogue:samples:read").count() == 1
    assert acts.expire_samples(now=utc_now() + timedelta(days=29)) == 0
    assert acts.expire_samples(now=utc_now() + timedelta(days=31)) == 1
    found.refresh_from_db()
    assert found.sealed_key == "" and not held.all().exists()
    assert acts.read_samples(by=office.editor, judgement_id=found.pk) == []


def test_it_is_judged_when_attached_and_by_its_cycle(entry: Resource) -> None:
    assert acts.judge_due() == 1
    first = Judgement.objects.get()
    assert (first.occasion, first.state) == ("attached", "waiting")
    assert acts.ask_judgement(by=SYSTEM, resource_id=entry.pk).pk == first.pk  # one waits at most
    acts.perform_judgement(first.pk)
    assert acts.perform_judgement(first.pk) is None
    assert acts.judge_due(now=utc_now() + timedelta(hours=23)) == 0
    assert acts.judge_due(now=utc_now() + timedelta(hours=25)) == 1
    assert Judgement.objects.filter(occasion="scheduled").count() == 1


def test_a_source_that_is_gone_fails_the_judgement_with_its_reason(entry: Resource, provider_database: str) -> None:
    waiting = acts.ask_judgement(by=SYSTEM, resource_id=entry.pk)
    with psycopg.connect(provider_database, autocommit=True) as there:
        there.execute("DROP TABLE persons")
    found = acts.perform_judgement(waiting.pk)
    assert found is not None and (found.state, found.problem) == ("failed", "connectors.no_such_table")


def test_what_a_delivery_tells_is_kept_beside(entry: Resource) -> None:
    whole = judged(entry)
    checks = {"id_number": Check(code="id_number", field="id_number", kind="id_number"),
              "not_null:name": Check(code="not_null", field="name", kind="not_null")}
    kept = acts.note_delivery_checks(
        resource_id=entry.pk, delivery_id=entry.pk, asked=checks, rows=100, failed={"id_number": 3},
        names={"id_number": "公民身份号码", "name": "姓名"}, now=utc_now(),
    )
    assert (kept.occasion, kept.latest, kept.broken, kept.kept) == ("delivered", False, 1, 1)
    assert {(one.field, one.checked, one.failed) for one in kept.rulings.all()} == {
        ("公民身份号码", 100, 3), ("姓名", 100, 0)
    }
    assert queries_quality.latest_of(entry.pk) == whole


def test_a_delivery_checks_what_it_delivers_and_nothing_else(office: Office, entry: Resource) -> None:
    every = queries_quality.checks_of(entry.pk)
    assert {one.field for one in every} >= {"id_number", "name"}
    some = queries_quality.checks_of(entry.pk, ["name"])
    assert some and {one.field for one in some} == {"name"}
    name = Item.objects.get(resource=entry, column="name").name
    acts.state_rule(by=office.editor, resource_id=entry.pk, rule=Rule(code="p", field=name, test=Pattern("扎西.*")))
    acts.state_rule(
        by=office.editor, resource_id=entry.pk, rule=Rule(code="w", field=name, test=Pattern("x"), severity="warns")
    )
    assert [one.code for one in queries_quality.checks_of(entry.pk, ["name"]) if one.kind == "pattern"] == ["p"]


def test_a_delivery_carries_out_rules_of_rows_whose_items_are_all_in_it(office: Office, entry: Resource) -> None:
    name, number = (Item.objects.get(resource=entry, column=column).name for column in ("name", "id_number"))
    tests = {"row": Compare("<=", number), "two": Unique((number,)), "other": Refers(str(entry.pk), name)}
    for code, test in tests.items():
        acts.state_rule(by=office.editor, resource_id=entry.pk, rule=Rule(code=code, field=name, test=test))
    acts.state_rule(by=office.editor, resource_id=entry.pk,
                    rule=Rule(code="w", field=name, test=Compare("!=", number), severity="warns"))
    both = queries_quality.row_rules_of(entry.pk, ["id_number", "name"])
    assert {one.code: (one.field, one.test) for one in both} == {
        "row": ("name", Compare("<=", "id_number")), "two": ("name", Unique(("id_number",)))
    }
    assert queries_quality.row_rules_of(entry.pk, ["name"]) == []  # what is not delivered holds no row back


def test_nothing_is_asked_of_what_cannot_be_read(office: Office, provider_database: str) -> None:
    persons(provider_database)
    entry = an_entry(office, a_source(office, provider_database))
    with pytest.raises(Conflict):
        acts.ask_judgement(by=office.editor, resource_id=entry.pk)
    with pytest.raises(NotFound):
        acts.ask_judgement(by=an_actor(a_department("民政厅"), "editor"), resource_id=entry.pk)


@pytest.mark.parametrize(
    ("told", "answered", "scores", "score"),
    [
        ([], (0, 0), {}, None),
        ([("complete", 10, 0)], (0, 0), {"complete": 1000}, 1000),
        ([("complete", 3, 1), ("complete", 10, 0)], (0, 0), {"complete": 833}, 833),
        ([("complete", 100_000, 1)], (9, 10), {"complete": 999, "accessible": 900}, 949),
        ([("timely", 0, 0)], (0, 0), {}, None),
    ],
)
def test_scores(
    told: list[tuple[str, int, int]], answered: tuple[int, int], scores: dict[str, int], score: int
) -> None:
    assert rules.scores([rules.Told(*one) for one in told], answered) == (scores, score)


def test_tolerance() -> None:
    assert rules.Told("complete", 100, 1, 1.0).held is True
    assert rules.Told("complete", 100, 2, 1.0).held is False
    assert rules.Told("complete", 0, 0, ran=False).held is None


def test_an_element_is_inherited_and_not_asked_twice(office: Office, entry: Resource) -> None:
    holding = queries_quality.rules_holding(entry.pk)
    codes = [one.rule.code for one in holding]
    assert len(codes) == len(set(codes))
    assert all(msgspec.convert(msgspec.to_builtins(one.rule), Rule) == one.rule for one in holding)
    assert Ruling.Origin.ELEMENT not in {one.origin for one in holding}  # no item is bound yet
