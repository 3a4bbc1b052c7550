"""Standards documents through their lives, with their papers and who follows them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zampa.contracts.actors import Actor
from zampa.ground.errors import Conflict, NotAllowed, NotFound, NotValid
from zampa.identity.tests.cast import a_department, a_person, an_actor
from zampa.ledger.models import Record
from zampa.standards import acts, queries
from zampa.standards.models import Document
from zampa.standards.rules.documents import DocumentDraft
from zampa.standards.tests.test_pages import client_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 made up"


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Path:
    settings.ZAMPA_FILES_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def authority() -> Actor:
    return an_actor(a_department("共享主管部门", governs=True), "authority", name="卓玛")


def a_draft(**more: object) -> DocumentDraft:
    given = {"family": "quality", "number": "DB54/T 9", "edition": "2025", "title": "数据质量规范", **more}
    return DocumentDraft(**given)  # type: ignore[arg-type]


def test_a_new_edition_ends_the_old_one_on_its_day(authority: Actor) -> None:
    old = acts.enter_document(by=authority, draft=a_draft(issued_on=date(2025, 1, 1)))
    with pytest.raises(NotValid) as refused:
        acts.bring_in_force(by=authority, document_id=old.pk, on=date(2024, 12, 31))
    assert refused.value.faults[0].code == "standards.document.before_issue"
    acts.bring_in_force(by=authority, document_id=old.pk, on=date(2025, 3, 1))
    new = acts.enter_document(by=authority, draft=a_draft(edition="2026"), replaces_id=old.pk)
    with pytest.raises(Conflict):
        acts.enter_document(by=authority, draft=a_draft(edition="2027"), replaces_id=old.pk)
    acts.bring_in_force(by=authority, document_id=new.pk, on=date(2026, 3, 1))
    old.refresh_from_db()
    assert (old.state, old.ended_on) == ("replaced", date(2026, 3, 1))
    with pytest.raises(NotValid):
        acts.abolish_document(by=authority, document_id=new.pk, reason=" ")
    assert acts.abolish_document(by=authority, document_id=new.pk, reason="不再需要").state == "abolished"
    with pytest.raises(NotValid) as refused:
        acts.enter_document(by=authority, draft=a_draft(family="other", title=""))
    assert {fault.where for fault in refused.value.faults} == {"family", "title", "number"}
    events = Record.objects.filter(subject=str(new.pk)).order_by("id").values_list("event", flat=True)
    assert list(events) == [
        "standards:document:entered", "standards:document:in_force", "standards:document:abolished"
    ]  # fmt: skip


def test_departments_say_from_when_they_follow_it(authority: Actor) -> None:
    row = acts.enter_document(by=authority, draft=a_draft())
    police = a_department()
    head, stranger = an_actor(police, "department_head"), an_actor(a_department("气象局"), "editor")
    with pytest.raises(NotFound):
        acts.note_adoption(by=head, document_id=row.pk, department_id=police.pk, on=date(2026, 1, 1))
    acts.bring_in_force(by=authority, document_id=row.pk, on=date(2025, 3, 1))
    acts.note_adoption(by=head, document_id=row.pk, department_id=police.pk, on=date(2026, 1, 1))
    acts.note_adoption(by=authority, document_id=row.pk, department_id=police.pk, on=date(2026, 2, 1))
    assert [(one.department.name, one.adopted_on) for one in row.adoptions.all()] == [
        (police.name, date(2026, 2, 1))
    ]
    with pytest.raises(NotAllowed):
        acts.note_adoption(by=stranger, document_id=row.pk, department_id=police.pk, on=date(2026, 1, 1))


def test_papers_are_kept_once_and_go_with_the_last_that_names_them(authority: Actor, files: Path) -> None:
    rows = [acts.enter_document(by=authority, draft=a_draft(edition=edition)) for edition in ("2025", "2026")]
    papers = [
        acts.add_document_paper(by=authority, document_id=row.pk, name="规范.pdf", content=PDF) for row in rows
    ]
    with pytest.raises(Conflict):
        acts.add_document_paper(by=authority, document_id=rows[0].pk, name="又.pdf", content=PDF)
    with pytest.raises(NotValid):
        acts.add_document_paper(by=authority, document_id=rows[0].pk, name="规范.exe", content=b"MZ")
    kept = files / "standards" / papers[0].digest[:2] / papers[0].digest
    assert kept.read_bytes() == PDF
    acts.remove_document_paper(by=authority, document_id=rows[0].pk, paper_id=papers[0].pk)
    assert kept.exists()
    acts.remove_document_paper(by=authority, document_id=rows[1].pk, paper_id=papers[1].pk)
    assert not kept.exists()


def test_a_department_keeps_its_own_to_itself_until_it_is_in_force(authority: Actor) -> None:
    editor, stranger = an_actor(a_department(), "editor"), an_actor(a_department("气象局"), "editor")
    with pytest.raises(NotAllowed):
        acts.enter_document(by=editor, draft=a_draft())
    row = acts.enter_document(by=editor, draft=a_draft(kind="department"), own=True)
    with pytest.raises(NotFound):
        queries.document(stranger, row.pk)
    acts.bring_in_force(by=editor, document_id=row.pk, on=date(2026, 1, 1))
    assert queries.document(stranger, row.pk).title == "数据质量规范"


@pytest.fixture
def pages() -> Client:
    return client_of(a_person(a_department("共享主管部门", governs=True), "authority"))


def test_the_pages_do_all_of_it(pages: Client) -> None:
    given = {"family": "interface", "kind": "local", "number": "DB54/T 1", "title": "接口规范", "edition": "2026"}
    assert pages.post(reverse("standards:document_new"), {**given, "title": ""}).status_code == 422
    page = pages.post(reverse("standards:document_new"), given)["Location"]
    assert pages.post(page + "change/", {**given, "issuer": "市场监管局"}).status_code == 303
    assert pages.post(page + "in-force/", {"on": "2026-03-01"}).status_code == 303
    department = Document.objects.get().department_id or a_department("教育厅").pk
    adoption = {"department": str(department), "on": "2026-04-01", "note": "全部系统"}
    assert pages.post(page + "adopt/", adoption).status_code == 303
    assert pages.post(page + "papers/", {"file": SimpleUploadedFile("规范.pdf", PDF)}).status_code == 303
    shown = pages.get(page).content.decode()
    assert "市场监管局" in shown and "教育厅" in shown and "规范.pdf" in shown and "现行" in shown
    paper = Document.objects.get().papers.get()
    sent = pages.get(page + f"papers/{paper.pk}/")
    assert b"".join(sent) == PDF and "attachment" in sent["Content-Disposition"]
    assert pages.post(page + f"papers/{paper.pk}/drop/").status_code == 303
    assert pages.get(page + f"papers/{paper.pk}/").status_code == 404
    assert pages.post(page + "abolish/", {"reason": "不再需要"}).status_code == 303
    assert "不再需要" in pages.get(page).content.decode()
