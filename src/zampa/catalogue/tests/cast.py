"""A department with a real table, and its entry on the way to everybody's eyes. Any room above may use them."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg

from zampa.approvals.queries import tasks_for
from zampa.catalogue import acts
from zampa.catalogue.models import Attachment, Resource
from zampa.catalogue.rules.impacts import Answers
from zampa.census import acts as census
from zampa.census.models import Connection
from zampa.contracts.actors import SYSTEM, Actor
from zampa.contracts.schemas import TableRef
from zampa.identity.models import Department
from zampa.identity.tests.cast import a_department, an_actor

PEOPLE = TableRef(schema="public", name="persons")
ANSWERS = Answers(
    situations=("sensitive", "providing"), purpose="核对常住人口", manner="按职责查询核对，不留存",
    basis="《户口登记条例》第三条", necessity="只共享核对所需的项", effect="可能暴露住址，影响较小", risk="medium",
    protection="加密传输，按岗位授权，记录使用",
)  # fmt: skip


class Office:
    """A department with its clerk, its two heads and the authority over it."""

    def __init__(self, name: str = "公安厅", authority: Department | None = None) -> None:
        self.authority_department = authority or a_department("共享主管部门", governs=True)
        self.department = a_department(name)
        self.editor = an_actor(self.department, "editor", name="次仁")
        self.office = an_actor(self.department, "sharing_head", name="旺堆")
        self.head = an_actor(self.department, "department_head", name="达瓦")
        self.authority: Actor = an_actor(self.authority_department, "authority", name="卓玛")


def a_source(office: Office, url: str, name: str = "人口库") -> Connection:
    parts = urlsplit(url)
    return census.register_connection(
        by=office.editor,
        department_id=office.department.pk,
        name=name,
        engine="postgresql",
        host=parts.hostname or "",
        port=parts.port or 0,
        database=parts.path.lstrip("/"),
        user=parts.username or "",
        secret=parts.password or "",
        network="extranet",
    )


def persons(url: str, rows: int = 5) -> None:
    """A small table of made-up people in a department's own database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS persons")
        connection.execute(
            "CREATE TABLE persons (id_number varchar(18) PRIMARY KEY, name varchar(100), born date NOT NULL,"
            " division char(6))"
        )
        connection.execute("COMMENT ON COLUMN persons.id_number IS '公民身份号码'")
        connection.execute(
            "INSERT INTO persons SELECT '54010219800101' || lpad(n::text, 4, '0'), '扎西' || n, '1980-01-01', '540102'"
            " FROM generate_series(1, %s) n",
            [rows],
        )


def an_entry(office: Office, source: Connection, name: str = "常住人口", **more: object) -> Resource:
    """Drafted from the table, whole, not yet submitted."""
    acts.load_classes(by=SYSTEM)
    values = {
        "abstract": "全区常住人口",
        "class_code": "101",
        "use_requirement": "checking",
        "conditions": "依法履职",
        "scope": "全区各部门",
        "update_cycle": "daily",
        "secrecy_checked": True,
        **more,
    }
    made = acts.draft_from_table(
        by=office.editor, connection_id=source.pk, table=PEOPLE, draft=acts.Draft(name=name, **values)
    )
    if made.items.filter(sensitivity__in=("personal", "sensitive")).exists():
        acts.assess_impact(by=office.editor, resource_id=made.pk, answers=ANSWERS)
    return made


def publish(office: Office, resource: Resource) -> Resource:
    """Every step by its person; the office head signs the standing decision when there is one to sign."""
    acts.submit_resource(by=office.editor, resource_id=resource.pk)
    if "catalogue.stand" in tasks_for(office.office).values_list("kind", flat=True):
        acts.sign_standing_decision(by=office.office, resource_id=resource.pk)
    acts.sign_resource(by=office.head, resource_id=resource.pk)
    return acts.review_resource(by=office.authority, resource_id=resource.pk)


def attach(office: Office, resource: Resource, source: Connection, table: TableRef = PEOPLE) -> Attachment:
    """Applied for, approved and probed."""
    made = acts.apply_attachment(by=office.editor, resource_id=resource.pk, connection_id=source.pk, table=table)
    acts.approve_attachment(by=office.office, attachment_id=made.pk)
    acts.probe_attachment(attachment_id=made.pk)
    made.refresh_from_db()
    return made
