"""The portal as the journeys find it: departments, people and tasks, all made by the rooms' own acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from zampa.approvals import acts as approvals
from zampa.contracts.actors import SYSTEM, Subject
from zampa.ground.clock import utc_now
from zampa.ground.ids import new_id
from zampa.identity import acts as identity
from zampa.identity.models import Department, Person
from zampa.identity.tests.cast import PASSWORD, a_department, a_person

LANGUAGES = ("zh-hans", "bo", "en")


@dataclass
class Portal:
    address: str
    police: Department
    social: Department
    head: Person
    editor: Person
    system_admin: Person

    @classmethod
    def filled(cls, address: str) -> Portal:
        police, social = a_department("公安厅"), a_department("人力资源和社会保障厅")
        head = a_person(social, "sharing_head", name="达瓦卓玛")
        editor = a_person(police, "editor", name="旺堆")
        admin = a_person(None, "system_admin", name="次仁")
        for person in (head, editor, admin):
            identity.set_password(by=SYSTEM, person_id=person.pk, password=PASSWORD)
        portal = cls(address, police, social, head, editor, admin)
        portal.tasks()
        return portal

    def tasks(self) -> None:
        """One late, one due soon, one without a clock."""
        now = utc_now()
        for days, name in ((40, "税务局 申请「单位参保信息」"), (8, "住建厅 申请「参保缴费证明」"), (0, "测试")):
            subject = Subject("exchange.request", str(new_id()), name)
            clock = None
            if days:
                clock = approvals.start_clock(
                    subject=subject,
                    name="reply_conditional",
                    department_id=self.social.pk,
                    received=now - timedelta(days=days),
                )
            approvals.open_task(
                kind="exchange.request.provider_review",
                subject=subject,
                url_name="inbox",
                department_id=self.social.pk,
                post="sharing_head",
                clock=clock,
            )

    def log_in(self, page: Page, person: Person, language: str = "zh-hans") -> None:
        page.context.add_cookies([{"name": "language", "value": language, "url": self.address}])
        page.goto(f"{self.address}/account/login/")
        page.fill("input[name=login]", person.username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button.btn-primary")
        page.wait_for_url(f"{self.address}/")


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page (by these rules alone), one line each, with the place."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
