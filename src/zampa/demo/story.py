"""The story of `make demo`, from empty departments to a verified ledger. Every step is checked as it is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zampa.entrance.settings")
django.setup()

from django.conf import settings  # noqa: E402 - models need the settings first

from zampa.catalogue.acts import sign_standing_decision  # noqa: E402
from zampa.demo import proving, sharing, sources, wishes  # noqa: E402
from zampa.demo.calls import Consumer, Reply  # noqa: E402
from zampa.demo.cast import LOG_INS, Cast, enter_cast  # noqa: E402
from zampa.demo.people import BAD_ROWS  # noqa: E402
from zampa.demo.telling import StoryBroken, chapter, expect, said, tell, wait_until, warn  # noqa: E402
from zampa.exchange.acts.endings import revoke_grant  # noqa: E402
from zampa.exchange.models import CallRow, Gateway, Grant  # noqa: E402
from zampa.ground.errors import ZampaError  # noqa: E402
from zampa.identity.acts import issue_bearer_key  # noqa: E402


class Story:
    """What earlier chapters leave for later ones."""

    def __init__(self) -> None:
        self.home = Path(os.environ["ZAMPA_HOME"])
        self.gateway = f"http://{os.environ['ZAMPA_GATEWAY_ADDRESS']}"
        self.cast = Cast()
        self.own: dict[str, sources.Source] = {}

    def departments(self) -> None:
        chapter("一、部门与人员", "1. Departments and people")
        self.cast = enter_cast()
        tell(
            f"{len(self.cast.departments)} 个部门、{len(self.cast.people)} 人到岗，三员分设",
            f"{len(self.cast.departments)} departments, {len(self.cast.people)} people, three separate administrators",
        )
        self.systems = sharing.register_systems(self.cast)
        self.own = sources.make_databases(os.environ["ZAMPA_DATABASE_URL"])
        divisions = sources.fill_divisions(self.own["civil"])
        people, bad = sources.fill_people(self.own["police"])
        for key in ("statistics", "social"):
            sources.open_schema(self.own[key])
        tell(
            f"民政厅有 {divisions:,} 条区划，公安厅有 {people:,} 人（其中 {bad} 行有意写错）",
            f"civil affairs holds {divisions:,} divisions, the police {people:,} people ({bad} rows planted bad)",
        )

    def connections(self) -> None:
        cast, own = self.cast, self.own
        self.civil = sharing.connect(cast, "civil", "区划库", own["civil"], self.systems["civil"])
        self.police = sharing.connect(cast, "police", "人口库", own["police"], self.systems["police"])
        self.statistics = sharing.connect(
            cast, "statistics", "统计接收库", own["statistics"], self.systems["statistics"]
        )
        self.social = sharing.connect(cast, "social", "社保接收库", own["social"], self.systems["social"])
        self.weather, folder = sharing.connect_folder(cast, "weather", "站网表格", self.systems["weather"])
        stations = sources.write_stations(folder)
        tell(
            f"气象局的站网表有 {stations} 个站（XLSX）；口令已封存，页面和日志都不显示",
            f"the weather bureau keeps {stations} stations in an XLSX; passwords are sealed and never shown",
        )

    def catalogue(self) -> None:
        chapter("二、编目、签发、审核、挂接", "2. Catalogued, signed, reviewed, attached")
        cast = self.cast
        self.divisions = sharing.catalogued(cast, "civil", self.civil, wishes.DIVISION_TABLE, wishes.DIVISIONS)
        self.stations = sharing.catalogued(cast, "weather", self.weather, wishes.STATION_SHEET, wishes.STATIONS)
        self.population = sharing.catalogued(
            cast, "police", self.police, wishes.PERSON_TABLE, wishes.POPULATION, prepare=sharing.people_rules
        )
        for key, entry in (("civil", self.divisions), ("weather", self.stations)):
            sign_standing_decision(by=cast.actor(f"{key}.office"), resource_id=entry.pk)
        for entry in (self.divisions, self.stations, self.population):
            tell(
                f"{entry.code} {entry.name}：{entry.get_sharing_display()}，数据在线",
                f"{entry.code} {entry.name}: {entry.sharing}, data live",
            )

    def requests(self) -> None:
        chapter("三、申请与审批", "3. Requests and approvals")
        asked = sharing.ask(
            self.cast,
            "statistics",
            self.divisions,
            wishes.DIVISION_ITEMS,
            **wishes.DIVISIONS_ASKED,
            destination_id=self.statistics.pk,
        )
        self.grant_divisions = Grant.objects.get(request=asked)
        tell(
            f"统计局申请区划（无条件）：常设决定即时同意，授权 {self.grant_divisions.number}",
            f"statistics asks for divisions (unconditional): granted at once, {self.grant_divisions.number}",
        )
        asked = sharing.ask(
            self.cast, "statistics", self.stations, tuple(sources.STATION_HEADINGS), **wishes.STATIONS_ASKED
        )
        self.grant_stations = Grant.objects.get(request=asked)
        tell(
            f"统计局申请气象站点（文件）：授权 {self.grant_stations.number}",
            f"statistics asks for stations (file): granted, {self.grant_stations.number}",
        )
        self._people_granted()

    def _people_granted(self) -> None:
        asked = sharing.ask(
            self.cast,
            "social",
            self.population,
            wishes.PERSON_ITEMS,
            **wishes.PEOPLE_ASKED,
            system_id=self.systems["social"].pk,
            destination_id=self.social.pk,
        )
        self.grant_people = sharing.decide(self.cast, "police", asked, wishes.MASKS, wishes.REFUSED, quota=20_000)
        tell(
            f"人社厅申请人口 6 项（有条件）：逐项审批，同意 5、脱敏 3、不予 1，{self.grant_people.number}",
            f"social security asks for 6 fields of people (conditional): 5 granted (3 masked), 1 refused, "
            f"{self.grant_people.number}",
        )

    def deliveries(self) -> None:
        chapter("四、三种交付：库表、文件、接口", "4. Delivered by table, by file, by API")
        done = sharing.deliver(self.cast, "civil", self.grant_divisions, "table")
        expect(sources.count_rows(self.own["statistics"], "division"), 6371, "divisions received")
        expect(done.digest_sent, done.digest_stored, "digests of the divisions")
        tell(
            f"库表：{done.rows_written:,} 行区划到统计局，两端摘要一致",
            f"table: {done.rows_written:,} divisions, digests equal",
        )
        done = sharing.deliver(self.cast, "weather", self.grant_stations, "file")
        expect(done.rows_written, 74, "stations delivered")
        tell(
            f"文件：{done.rows_written} 个站点的 XLSX，附摘要和申请方标记",
            f"file: {done.rows_written} stations as XLSX, with digest and mark",
        )
        done = sharing.deliver(self.cast, "police", self.grant_people, "table")
        expect(done.rows_bad, BAD_ROWS, "bad rows in quarantine")
        expect(sources.count_rows(self.own["social"], "person"), 100_000 - BAD_ROWS, "people received")
        tell(
            f"库表：{done.rows_written:,} 人到人社厅，{done.rows_bad} 行坏数据进隔离区，附原因，只有公安厅看得到值",
            f"table: {done.rows_written:,} people; {done.rows_bad} bad rows in quarantine, values for the police only",
        )

    def calls(self) -> None:
        system = self.systems["social"]
        _, text = issue_bearer_key(
            by=self.cast.actor("social.office"),
            system_id=system.pk,
            system_name=system.name,
            department_id=self.cast.departments["social"].pk,
        )
        self.consumer = Consumer(self.gateway, text, language=said("zh", "en"))
        number = self.grant_people.number
        reply = wait_until(lambda: _answered(self.consumer.rows(number, limit="2")), "the first call")
        rows = reply.body["rows"]
        shown = rows[0] if isinstance(rows, list) else {}
        expect("民族" in shown, False, "an ungranted field in the answer")
        tell(f"接口查询：{shown}", f"query call: {shown}")
        person = sources.one_person(self.own["police"])
        reply = self.consumer.verify(number, {"公民身份号码": person[0]}, {"出生日期": person[1]})
        expect(reply.body.get("result"), {"出生日期": "match"}, "verify call")
        tell(
            f"接口核验：只回答是否一致，不给数据：{reply.body['result']}",
            f"verify call, yes or no instead of data: {reply.body['result']}",
        )

    def refusals(self) -> None:
        chapter("五、越权、撤销", "5. Over the grant, and revoked")
        number = self.grant_people.number
        reply = self.consumer.rows(number, fields="公民身份号码,民族")
        expect(reply.status, 403, "a call over the grant")
        tell(
            f"越权调用被拒绝并说明理由：{reply.reason}",
            f"a call over the grant is refused with its reason: {reply.reason}",
        )
        revoke_grant(by=self.cast.actor("police.office"), grant_id=self.grant_people.pk, reason="演示：使用目的已达到")
        reply = wait_until(lambda: _refused(self.consumer.rows(number, limit="1")), "the revocation", 5)
        tell(f"撤销后 5 秒内网关停止服务：{reply.reason}", f"revoked; the gateway stops within 5 s: {reply.reason}")
        wait_until(lambda: CallRow.objects.count() >= 4, "the calls in the centre")
        tell(
            f"网关 {Gateway.objects.get().name} 的 {CallRow.objects.count()} 次调用已回传留痕",
            f"{CallRow.objects.count()} calls of the gateway are in the ledger",
        )

    def proof(self) -> None:
        chapter("六、留痕可验", "6. The ledger proves itself")
        log, anchors, count = proving.export(self.cast, self.home)
        code, words = proving.verify(log, anchors)
        expect(code, 0, f"zampa verify: {words}")
        tell(
            f"导出 {count:,} 条记录，zampa verify 离线核验通过",
            f"{count:,} records exported, zampa verify finds all right",
        )
        copy, number = proving.tamper(log, f'"rows_bad":{BAD_ROWS}', '"rows_bad":0')
        code, words = proving.verify(copy, anchors)
        expect(code, 1, f"zampa verify of the tampered copy: {words}")
        expect(str(number) in words, True, f"the tampered record {number} named in: {words}")
        first = words.splitlines()[0]
        tell(
            f"有人把第 {number} 条的“{BAD_ROWS} 行坏数据”改成 0，被查出：{first}",
            f"somebody changes the {BAD_ROWS} bad rows of record {number} to none, and is caught: {first}",
        )

    def waiting(self) -> None:
        """One request is left open, so that whoever looks in finds something to decide."""
        asked = sharing.ask(
            self.cast,
            "civil",
            self.population,
            wishes.PERSON_ITEMS,
            **wishes.LEFT_OPEN,
            system_id=self.systems["civil"].pk,
        )
        tell(
            f"民政厅的申请 {asked.number} 留给您来审批：用 police-office 登录，看“等我处理”",
            f"request {asked.number} of civil affairs is left for you to decide: log in as police-office",
        )

    def farewell(self) -> None:
        chapter("演示账号（口令相同，只在本次演示有效）", "Demo log-ins (one password, good for this demo only)")
        print(f"  http://{os.environ['ZAMPA_ADDRESS']}    {said('口令', 'password')}: {self.cast.password}")
        for key in LOG_INS:
            person = self.cast.people[key]
            whose = person.department.name if person.department else said("三员", "administrator")
            print(f"  {person.username:<18} {person.name} · {whose}")


def _answered(reply: Reply) -> Reply | None:
    return reply if reply.status == 200 else None


def _refused(reply: Reply) -> Reply | None:
    return reply if reply.status == 403 else None


def main() -> int:
    story = Story()
    try:
        for part in (
            story.departments,
            story.connections,
            story.catalogue,
            story.requests,
            story.deliveries,
            story.calls,
            story.refusals,
            story.proof,
            story.waiting,
            story.farewell,
        ):
            part()
    except (StoryBroken, ZampaError) as broken:
        faults = getattr(broken, "faults", ())
        warn(f"\nzampa demo: {broken}{''.join(f' [{fault.where}: {fault.code}]' for fault in faults)}")
        return 1
    return 0


if __name__ == "__main__":
    print(said("桥已架好，故事开始", "The bridge stands; the story begins"), settings.ZAMPA_INSTALLATION)
    sys.exit(main())
