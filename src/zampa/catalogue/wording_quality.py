"""The text of each code of quality rules, judgements, profiles and interface descriptions."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDING: dict[str, str | Promise] = {
    "catalogue.message.quality_fell": _("“%(resource)s”有 %(count)s 条质量规则不再符合，请查看。"),
    "catalogue.interface.none": _("没有挂接可以调用的数据，没有接口说明。"),
    "catalogue.quality.bad_rule": _("规则的写法不对：%(why)s"),
    "catalogue.quality.not_found": _("没有这次质量检查，或您无权查看。"),
    "catalogue.quality.rule_not_found": _("没有这条质量规则，或您无权查看。"),
    "catalogue.quality.nothing_to_read": _("没有可以逐行读取的在线数据，不能检查。"),
    "catalogue.quality.broken_off": _("检查中断，没有结果。"),
    "catalogue.quality.owner_only": _("不合格的行只有数据所属部门可以查看。"),
    "catalogue.quality.owner": _("数据所属部门"),
    "catalogue.quality.other_not_granted": _("对照的信息项没有授权给本部门，或授权时经过脱敏、限定了行，不能对照。"),
    "catalogue.dimension.normative": _("规范性"),
    "catalogue.dimension.complete": _("完整性"),
    "catalogue.dimension.accurate": _("准确性"),
    "catalogue.dimension.consistent": _("一致性"),
    "catalogue.dimension.timely": _("时效性"),
    "catalogue.dimension.accessible": _("可访问性"),
    "catalogue.rule.not_null": _("必须填写"),
    "catalogue.rule.unique": _("不得重复"),
    "catalogue.rule.unique_with": _("与%(also)s合起来不得重复"),
    "catalogue.rule.max_length": _("最长 %(length)s 个字"),
    "catalogue.rule.min_length": _("最短 %(length)s 个字"),
    "catalogue.rule.pattern": _("格式为 %(regex)s"),
    "catalogue.rule.one_of": _("只能是 %(values)s"),
    "catalogue.rule.in_list": _("在代码表“%(list)s”内"),
    "catalogue.rule.between": _("在 %(low)s 到 %(high)s 之间"),
    "catalogue.rule.id_number": _("公民身份号码校验"),
    "catalogue.rule.credit_code": _("统一社会信用代码校验"),
    "catalogue.rule.calendar_date": _("是存在的日期"),
    "catalogue.rule.compare": _("%(op)s %(other)s"),
    "catalogue.rule.implies": _("当 %(when)s 时，%(then)s"),
    "catalogue.rule.refers": _("在“%(resource)s”的%(item)s中存在"),
    "catalogue.rule.matches": _("与“%(resource)s”中同一%(key)s的%(item)s一致"),
    "catalogue.rule.counts": _("行数与“%(resource)s”相差不超过 %(within)s%%"),
    "catalogue.rule.fresh": _("最新一行不早于 %(days)s 天前"),
    "catalogue.rule.fresh_by_cycle": _("最新一行符合目录的更新周期"),
}
