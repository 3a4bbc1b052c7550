"""The way of one entry in a real browser, from a department's own table to rows delivered and a record that verifies.

Everything is done by the pages' own buttons; only what the worker does beside them (runs, probes, the sequencer) is
performed here in its place. The rows are the demo's: 100,000 people, 37 of them planted bad.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import told
from tests.journeys.screenshots import log_in
from zampa.contracts.actors import SYSTEM
from zampa.demo.people import BAD_ROWS
from zampa.demo.story import Story
from zampa.exchange.acts.deliveries import note_run_finished
from zampa.ground.clock import local_date, utc_now
from zampa.identity import acts as identity
from zampa.ledger.sequencer import sequence_pending
from zampa.runs import queries as runs
from zampa.runs.acts import perform_run
from zampa.runs.models import Run

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
ASKED = ("公民身份号码", "姓名", "户籍区划", "死亡标识", "民族")


class Office:
    """One browser with one window for each person, all of the same portal."""

    def __init__(self, browser: Browser, address: str, story: Story) -> None:
        self.browser, self.address, self.story = browser, address, story
        self.windows: dict[str, BrowserContext] = {}
        self.wrong: list[str] = []

    def sit(self, name: str, path: str = "/") -> Page:
        """The person's page, at an address of the portal."""
        if name not in self.windows:
            self.windows[name] = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
            self.windows[name].set_default_timeout(15_000)
            page = self.windows[name].new_page()
            page.on("console", lambda message: self.wrong.append(message.text) if is_policy(message.text) else None)
            log_in(page, self.address, name, self.story.cast.password)
        page = self.windows[name].pages[0]
        page.goto(path if path.startswith("http") else self.address + path)
        return page

    def task(self, name: str, words: str) -> Page:
        """The person opens what waits for them."""
        page = self.sit(name, "/inbox/")
        page.locator(".inboxlist li", has_text=words).get_by_role("link").first.click()
        return page

    def language(self, name: str, code: str) -> None:
        self.windows[name].add_cookies([{"name": "language", "value": code, "url": self.address}])

    def close(self) -> None:
        for window in self.windows.values():
            window.close()


def is_policy(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text


@pytest.fixture
def office(transactional_db: None, live_server: object, browser: Browser) -> Iterator[Office]:
    story = told.begin()
    identity.set_password(by=SYSTEM, person_id=story.cast.people["police.head"].pk, password=story.cast.password)
    made = Office(browser, str(live_server), story)
    yield made
    made.close()
    told.forget()


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).click()


def test_a_table_becomes_an_entry_a_grant_a_delivery_and_a_record(office: Office) -> None:
    entry = catalogued(office)
    attached(office, entry)
    number = requested(office)
    grant = decided(office, number)
    key_is_shown_once(office)
    delivered(office, grant)
    record_verifies(office, grant)
    other_languages(office, entry, grant)
    assert office.wrong == []


def catalogued(office: Office) -> str:
    """Drafted from the real table, filled in, submitted, signed, reviewed; the entry's address."""
    page = office.sit("police-editor", "/catalogue/")
    page.locator(".head").get_by_role("link", name="从数据表编目").click()
    page.get_by_label("数据连接").select_option(label="人口库 · PostgreSQL")
    press(page, "下一步")
    page.get_by_label("表或文件").select_option(label="public.person · 常住人口基本信息")
    press(page, "生成草稿")
    expect(page.locator("main")).to_contain_text("建议")
    rows = page.locator("table.list tbody tr")
    expect(rows.first.locator("input[name$=-name]")).to_have_value("公民身份号码")
    rows.first.locator("input[name$=-key]").check()
    press(page, "保存信息项")
    expect(page.locator("main")).to_contain_text("提交前还有")
    page.get_by_role("link", name="姓名", exact=True).click()
    page.locator("[name=checks][value=not_null]").check()  # the table allows it, but everybody has one
    press(page, "保存")
    page.get_by_role("link", name="编辑", exact=True).click()
    entry = page.url.removesuffix("edit/")
    page.get_by_label("信息资源摘要").fill("公安机关登记的常住人口")
    page.locator("[name=class_code]").fill("101")
    page.locator("[name=sharing]").select_option("conditional")
    page.locator("[name=use_requirement]").select_option("checking")
    page.locator("[name=conditions]").fill("限法定职责所必需")
    page.locator("[name=scope]").fill("全区社会保险经办机构")
    page.locator("[name=update_cycle]").select_option("daily")
    page.locator("[name=secrecy_checked]").check()
    press(page, "保存")
    _assess(page)
    expect(page.locator("main")).not_to_contain_text("提交前还有")
    press(page, "提交签发")
    expect(page.locator("body")).to_contain_text("已提交部门负责人签发")
    for who, title in (("police-head", "签发目录"), ("authority-officer", "审核目录")):
        page = office.task(who, "常住人口基本信息")
        if title not in page.locator("h1").inner_text():
            page.locator(".head .acts a.btn-primary").click()
        expect(page.locator("h1")).to_contain_text(title)
        page.locator("[name=verdict][value=yes]").check()
        press(page, "提交意见")
        expect(page.locator("body")).to_contain_text("已同意")
    expect(page.locator(".head")).to_contain_text("已发布")
    expect(page.locator(".head")).to_contain_text("101/0001")
    return entry


def _assess(page: Page) -> None:
    """What the law asks before personal information is shared, signed by the clerk."""
    page.get_by_role("link", name="去做评估").click()
    page.get_by_role("link", name="填写并签署").click()
    for value in ("sensitive", "providing"):
        page.locator(f"[name=situations][value={value}]").check()
    for name in ("purpose", "manner", "basis", "necessity", "effect", "protection"):
        page.locator(f"[name={name}]").fill("社会保险法第七十四条：核对待遇资格，不留存")
    page.locator("[name=risk][value=medium]").check()
    press(page, "签署")


def attached(office: Office, entry: str) -> None:
    page = office.sit("police-editor", f"{entry}?tab=quality")
    page.get_by_role("link", name="挂接数据源").click()
    page.get_by_label("数据连接").select_option(label="人口库 · PostgreSQL")
    press(page, "下一步")
    page.get_by_label("表或文件").select_option(label="public.person · 常住人口基本信息")
    press(page, "提交")
    page = office.sit("police-office", f"{entry}?tab=quality")
    press(page, "同意挂接")
    page = office.sit("police-editor", f"{entry}?tab=quality")
    press(page, "现在探测")
    expect(page.locator("main")).to_contain_text("探测正常")
    expect(page.locator(".head")).to_contain_text("在线")
    expect(page.locator("main")).to_contain_text("100,000")


def requested(office: Office) -> str:
    """Found by search, filled in wrong, then right, signed; the request's address."""
    page = office.sit("social-editor")
    page.keyboard.press("/")
    page.keyboard.type("常住人口")
    page.keyboard.press("Enter")
    page.locator(".hitlist a, .found a", has_text="常住人口基本信息").first.click()
    page.locator(".head .acts a.btn-primary").click()
    expect(page.locator("h1")).to_contain_text("申请使用「常住人口基本信息」")
    page.locator("[name=scenario]").fill("养老待遇领取资格静默认证")
    press(page, "提交申请")
    expect(page.locator("main [role=alert]").first).to_contain_text("处")
    for name in ("basis", "scope", "starts_on"):
        expect(page.locator(f".field:has([name={name}]) .field-errors")).to_be_visible()
    assert page.input_value("[name=scenario]") == "养老待遇领取资格静默认证"
    page.locator("[name=basis]").fill("《社会保险法》第七十四条")
    page.locator("[name=scope]").fill("全区在领人员")
    today = local_date(utc_now())
    page.locator("[name=starts_on]").fill(today.isoformat())
    page.locator("[name=ends_on]").fill((today + timedelta(days=365)).isoformat())
    page.locator("[name=ways][value=table]").check()
    page.locator("[name=destination_id]").select_option(label="社保接收库")
    page.locator("[name=destination_schema]").fill("received")
    page.locator("[name=destination_table]").fill("person")
    for item in ASKED:
        row = page.locator("table.list tbody tr", has=page.get_by_text(item, exact=True))
        row.locator("input[type=checkbox]").check()
        row.locator("input[name^=purpose_]").fill("资格认证比对")
    press(page, "提交申请")
    expect(page.locator("body")).to_contain_text("申请已提交")
    address = page.url
    page = office.task("social-office", "常住人口基本信息")
    press(page, "同意并签发")
    expect(page.locator(".head")).to_contain_text("下一步：公安厅")
    return address


def decided(office: Office, request: str) -> str:
    """Item by item, a name masked, ethnicity refused; the grant's address."""
    page = office.task("police-office", "常住人口基本信息")
    assert page.url.split("?")[0] == request
    expect(page.locator(".head")).to_contain_text("还剩 10 个工作日")
    for item in ASKED:
        row = page.locator("#answer tbody tr", has=page.get_by_text(item, exact=True))
        if item == "民族":
            row.locator("input[value=no]").check()
            continue
        row.locator("input[value=yes]").check()
        row.locator("select[name^=mask_]").select_option({"姓名": "first", "户籍区划": "county"}.get(item, "none"))
    press(page, "同意并授权")
    row = page.locator("#answer tbody tr", has=page.get_by_text("民族", exact=True))
    expect(row.locator(".field-errors")).to_be_visible()  # refused without a reason
    row.locator("input[name^=reason_]").fill("与资格认证无关")
    press(page, "同意并授权")
    expect(page.locator("body")).to_contain_text(re.compile(r"已授权 G-\d{4}-0001"))
    table = page.locator("main table.list").first
    expect(table.locator("tbody tr")).to_have_count(4)
    expect(table).to_contain_text("留首字")
    expect(table).to_contain_text("到县")
    expect(table).not_to_contain_text("民族")
    return page.url


def key_is_shown_once(office: Office) -> None:
    system = office.story.systems["social"]
    page = office.sit("social-office", f"/census/systems/{system.pk}/")
    page.get_by_role("link", name="签发密钥").click()
    press(page, "签发")
    expect(page.locator("main")).to_contain_text("密钥只显示这一次")
    secret = page.locator(".secret").inner_text().strip()
    assert len(secret) > 20
    page.get_by_role("link", name="已复制，完成").click()
    expect(page.locator("main")).to_contain_text("社会保险信息系统")
    assert secret not in page.content()
    page.goto(f"{office.address}/identity/keys/")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    assert secret not in page.content()


def delivered(office: Office, grant: str) -> None:
    page = office.sit("police-editor", grant)
    page.get_by_role("link", name=re.compile(r"D-\d{4}-")).first.click()
    delivery = page.url
    press(page, "开始交付")
    expect(page.locator("main")).to_contain_text("进度")
    run = Run.objects.get()
    perform_run(str(run.pk))
    note_run_finished(by=SYSTEM, run=runs.run(SYSTEM, run.pk))
    page = office.sit("police-editor", delivery)
    expect(page.locator("main")).to_contain_text("两端一致")
    expect(page.locator("main")).to_contain_text(f"写入 {100_000 - BAD_ROWS:,}")
    page.get_by_role("link", name=f"看隔离的 {BAD_ROWS} 行").click()
    expect(page.locator("table.list tbody tr").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("每次查看都记入留痕")
    quarantine = page.url
    page = office.sit("social-editor", quarantine)
    expect(page.locator("main")).to_contain_text("原值只有提供方“公安厅”可以查看")
    expect(page.locator("main table.list")).to_have_count(0)


def record_verifies(office: Office, grant: str) -> None:
    assert sequence_pending() > 0
    page = office.sit("social-editor", grant)
    expect(page.locator(".rail")).to_contain_text("#")
    page.locator(".rail").get_by_role("link", name=re.compile(r"^#\d")).first.click()
    for words in ("正文与入账时的承诺值一致", "国密 SM3 孪生树同样成立", "检查点的签名有效"):
        expect(page.locator(".ticks")).to_contain_text(words)
    expect(page.locator(".ticks .bad")).to_have_count(0)


def other_languages(office: Office, entry: str, grant: str) -> None:
    """The clerk reads the same in English and Tibetan: the state, what is granted, the record."""
    for code, state, mask in (("en", "Published", "first character"), ("bo", "ཁྱབ་བསྒྲགས་ཟིན།", "ཡི་གེ་དང་པོ་འཇོག")):
        office.language("social-editor", code)
        page = office.sit("social-editor", entry)
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator(".head")).to_contain_text(state)
        office.sit("social-editor", grant)
        expect(page.locator("main table.list").first).to_contain_text(mask)
        labels = " ".join(page.locator("main th, .tabs a, .rail h2, .head .tag").all_inner_texts())
        assert not re.search(r"[\u4e00-\u9fff]", labels), labels
        if code == "bo":
            assert re.search(r"[\u0f40-\u0fbc]", labels), labels
