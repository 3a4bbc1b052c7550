"""What is catalogued, what is asked for, and on what terms it is given: the story's paperwork."""

from __future__ import annotations

from typing import Any

from zampa.catalogue.acts import Draft
from zampa.catalogue.rules.impacts import Answers
from zampa.contracts.flowspecs import Mask
from zampa.contracts.schemas import TableRef

DIVISION_TABLE = TableRef(schema="public", name="division")
STATION_SHEET = TableRef(schema="stations.xlsx", name="stations", kind="sheet")
PERSON_TABLE = TableRef(schema="public", name="person")
DIVISION_ITEMS = ("code", "name", "level", "parent")
PERSON_ITEMS = ("id_number", "name", "born", "division", "deceased", "ethnicity")

DIVISIONS = Draft(
    name="行政区划代码",
    name_bo="སྲིད་འཛིན་ཁུལ་གྱི་ཨང་རྟགས།",
    abstract="自治区、地市、县、乡、村五级区划代码",
    class_code="103",
    use_requirement="basis",
    update_cycle="yearly",
    secrecy_checked=True,
)
STATIONS = Draft(
    name="气象站点",
    name_bo="གནམ་གཤིས་ས་ཚུགས།",
    abstract="全区国家级气象站的站号、区划与位置",
    class_code="211",
    format="sheet",
    use_requirement="reference",
    update_cycle="yearly",
    secrecy_checked=True,
)
POPULATION = Draft(
    name="常住人口基本信息",
    name_bo="རྒྱུན་སྡོད་མི་འབོར་གྱི་གཞི་རྩའི་ཆ་འཕྲིན།",
    abstract="公安机关登记的常住人口",
    class_code="101",
    sharing="conditional",
    use_requirement="checking",
    conditions="限法定职责所必需，不得转给第三方",
    scope="全区社会保险经办机构、民政部门",
    update_cycle="daily",
    secrecy_checked=True,
)
IMPACT = Answers(
    situations=("sensitive", "providing"),
    purpose="供社保、民政等部门依法核对待遇领取资格",
    manner="按批准的信息项交换，按次核对；证件号码脱敏",
    basis="《中华人民共和国户口登记条例》第三条、《中华人民共和国社会保险法》第七十四条",
    necessity="只共享核对资格所必需的项；不共享宗教、健康等其他信息",
    effect="证件号码、住址泄露可能带来骚扰和诈骗，可能性低，后果中等",
    risk="medium",
    protection="加密传输，脱敏，按岗位授权，使用留痕，每次交付有水印，到期停止",
)
DIVISIONS_ASKED: dict[str, Any] = {
    "basis": "《统计法》第七条",
    "scenario": "统计用区划代码核对",
    "scope": "全区各级统计机构",
    "ways": ("table",),
    "destination_schema": "received",
    "destination_table": "division",
}
STATIONS_ASKED: dict[str, Any] = {
    "basis": "《统计法》第七条",
    "scenario": "统计年鉴编制",
    "scope": "全区各级统计机构",
    "ways": ("file",),
    "file_format": "xlsx",
}
PEOPLE_ASKED: dict[str, Any] = {
    "basis": "《社会保险法》第七十四条",
    "scenario": "养老待遇领取资格静默认证",
    "scope": "全区在领人员",
    "ways": ("query", "verify", "table"),
    "calls_per_day": 20_000,
    "calls_per_minute": 600,
    "destination_schema": "received",
    "destination_table": "person",
}
LEFT_OPEN: dict[str, Any] = {
    "basis": "《城市居民最低生活保障条例》第七条",
    "scenario": "低保申请人身份核验",
    "scope": "全区低保申请人",
    "ways": ("verify",),
    "calls_per_day": 2_000,
    "calls_per_minute": 60,
}
MASKS = {
    "name": Mask(kind="keep", first=1),
    "born": Mask(kind="date", to="month"),
    "division": Mask(kind="region", to="county"),
}
REFUSED = {"ethnicity": "与资格认证无关"}
