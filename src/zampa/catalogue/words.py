"""How elements and their values are called: for differences, remarks and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as now_text
from django.utils.translation import gettext_lazy as _

from zampa.catalogue.models import Item, Resource
from zampa.desk.wording import text_of
from zampa.ground.errors import Fault

LABELS: dict[str, str | Promise] = {
    "name": _("信息资源名称"),
    "name_bo": _("藏文名称"),
    "abstract": _("信息资源摘要"),
    "code_scheme": _("分类方案"),
    "class_code": _("信息资源分类"),
    "placements": _("其他分类"),
    "class_name": _("分类名称"),
    "category": _("数据分类"),
    "grade": _("数据分级"),
    "format": _("信息资源格式"),
    "format_note": _("格式说明"),
    "system": _("所属系统"),
    "update_cycle": _("更新周期"),
    "related_codes": _("关联资源代码"),
    "formats": _("其他格式"),
    "extra": _("扩展要素"),
    "sharing": _("共享类型"),
    "use_requirement": _("使用要求"),
    "ways": _("共享方式"),
    "conditions": _("共享条件"),
    "scope": _("共享范围"),
    "basis_kind": _("依据种类"),
    "basis_instrument": _("依据名称"),
    "basis_article": _("条款"),
    "opening": _("开放类型"),
    "opening_conditions": _("开放条件"),
    "secrecy_checked": _("保密审查"),
    "impact": _("个人信息保护影响评估"),
    "items": _("信息项"),
}
EXTRA_LABELS: dict[str, str | Promise] = {
    "provider_kind": _("提供方类型"),
    "ownership": _("权属关系"),
    "management": _("管理方式"),
    "origin": _("生成方式"),
    "link": _("在线链接"),
    "secrecy": _("涉密属性"),
    "medium": _("存储介质"),
    "location": _("物理位置"),
    "granularity": _("最小分级单元"),
    "indicators": _("指标体系"),
    "served": _("服务对象"),
    "field": _("服务领域"),
    "main_source": _("主要来源"),
    "scene": _("来源业务场景"),
    "duty": _("处室职责"),
    "area": _("数据范围"),
    "contact": _("共享咨询联系人"),
    "contact_phone": _("共享咨询电话"),
    "share_mode": _("共享途径"),
    "census_rows": _("普查记录数"),
    "census_bytes": _("普查数据量"),
    "update_cycle": _("更新周期"),
    "way": _("共享方式"),
    "scope": _("共享范围"),
    "opening_conditions": _("开放条件"),
    "format": _("格式"),
    "storage": _("存储位置"),
    "date_format": _("日期格式"),
    "required": _("交换必选"),
}
EXTRA_WORDS: dict[str, str | Promise] = {
    "department": _("行政机关"),
    "unit": _("事业单位"),
    "enterprise": _("企业"),
    "other": _("其他"),
    "own": _("本部门"),
    "shared": _("多部门共有"),
    "entrusted": _("受委托"),
    "central": _("集中管理"),
    "vertical": _("垂直管理"),
    "collected": _("采集"),
    "produced": _("加工产生"),
    "exchanged": _("交换取得"),
    "bought": _("购买"),
    "none": _("非涉密"),
    "work_secret": _("工作秘密"),
    "electronic": _("电子"),
    "paper": _("纸质"),
    "both": _("电子和纸质"),
    "region": _("全区"),
    "prefecture": _("地市"),
    "county": _("区县"),
    "platform": _("共享平台"),
    "mail": _("邮件"),
    "media": _("介质"),
    "yes": _("是"),
    "no": _("否"),
    **{str(word): text for word, text in Resource.Cycle.choices},
    **{str(word): text for word, text in Resource.Way.choices},
}
ITEM_LABELS: dict[str, str | Promise] = {
    "name": _("信息项名称"),
    "name_bo": _("藏文名称"),
    "column": _("源表列名"),
    "path": _("返回路径"),
    "element": _("数据元"),
    "type": _("类型"),
    "type_letter": _("类型代号"),
    "length": _("长度"),
    "precision": _("精度"),
    "scale": _("小数位"),
    "key": _("主键"),
    "nullable": _("可为空"),
    "sensitivity": _("敏感程度"),
    "sharing": _("共享类型"),
    "conditions": _("共享条件"),
    "basis_kind": _("依据种类"),
    "basis_instrument": _("依据名称"),
    "basis_article": _("条款"),
    "opening": _("开放类型"),
    "checks": _("质量规则"),
    "note": _("说明"),
    "extra": _("扩展属性"),
}


def label_of(where: str) -> str:
    """An element, or a place in an item ("items.NAME.field", "items.3"), as the pages call it."""
    head, _dot, rest = where.partition(".")
    if head != "items" or not rest:
        return str(LABELS.get(where, where))
    name, _dot, part = rest.rpartition(".")
    if name and part in ITEM_LABELS:
        return now_text("信息项 %(name)s · %(part)s") % {"name": name, "part": ITEM_LABELS[part]}
    return now_text("信息项 %(name)s") % {"name": rest}


def shown(where: str, value: object) -> str:
    """A value as the reader knows it: the word of a choice, yes and no, a list with its marks."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return now_text("是") if value else now_text("否")
    if isinstance(value, (list, tuple)):
        return "、".join(_word(where, one) for one in value)
    return _word(where, value)


def _word(where: str, value: object) -> str:
    if isinstance(value, dict) and "kind" in value and "category" not in value:  # a check
        return text_of(f"catalogue.check.{value.get('kind')}")
    if isinstance(value, dict):
        return "；".join(f"{name} {text}" for name, text in extras_told(value))
    model = Item if where.startswith("items.") else Resource
    name = where.rsplit(".", 1)[-1]
    field = next((one for one in model._meta.fields if one.name == name), None)
    choices = dict(Resource.Way.choices) if name == "ways" else dict(field.flatchoices) if field else {}
    return str(choices.get(value, value))


def extras_told(extra: Mapping[str, str]) -> list[tuple[str, str]]:
    """The elements beside the thirteen that were filled in: label and words. A format's row reads as its class."""
    formats = dict(Resource.Format.choices)
    if "category" in extra:
        return [(str(formats.get(extra["category"], extra["category"])), str(extra.get("kind", "")))]
    filled = [(name, text) for name, text in extra.items() if text]
    return [(str(EXTRA_LABELS.get(name, name)), str(EXTRA_WORDS.get(text, text))) for name, text in filled]


def told(differences: Iterable[tuple[str, object, object]]) -> list[tuple[str, str, str]]:
    """Differences as the page shows them: element, before, now."""
    return [(label_of(name), shown(name, before), shown(name, after)) for name, before, after in differences]


def missing(faults: Iterable[Fault]) -> list[tuple[str, str, str]]:
    """What keeps an entry from being submitted: its place, its label, its sentence."""
    return [(fault.where, label_of(fault.where), text_of(fault.code, fault.params)) for fault in faults]


def drift_told(differences: Iterable[Sequence[str]]) -> list[tuple[str, str, bool]]:
    """A source's changed columns as sentences: column, what happened to it, whether it breaks who reads it."""
    told = []
    for column, kind, said in differences:
        before, _arrow, after = said.partition(" -> ")
        if kind == "gone" and said:
            text = now_text("源表里没有了，可能改名为 %(name)s") % {"name": said}
        elif kind == "gone":
            text = now_text("源表里没有了")
        elif kind == "type":
            text = now_text("类型由 %(before)s 变为 %(after)s") % {"before": before, "after": after}
        elif kind == "length":
            text = now_text("长度由 %(before)s 变为 %(after)s") % {"before": before, "after": after}
        else:
            text = now_text("源表新增，类型 %(type)s") % {"type": said}
        told.append((column, text, kind in ("gone", "type")))
    return told


def drift_reason(differences: Iterable[Sequence[str]]) -> str:
    """The reason of the change that takes them over."""
    return "；".join(f"{column} {text}" for column, text, _breaks in drift_told(differences))
