"""Texts of the codes that quality rules raise when they cannot be carried out."""

from django.utils.translation import gettext_lazy as _

WORDING = {
    "flows.rule.not_valid": _("质量规则有误，无法执行。"),
    "flows.rule.no_code": _("规则须有代号。"),
    "flows.rule.bad_tolerance": _("容许的不合格比例在 0 到 100 之间。"),
    "flows.rule.unknown_field": _("规则指向的信息项不存在，或没有对应的列。"),
    "flows.rule.missing_column": _("数据源里没有规则要看的列。"),
    "flows.rule.no_field": _("请选择规则针对的信息项。"),
    "flows.rule.not_comparable": _("两个信息项的类型不同，不能比较。"),
    "flows.rule.not_dated": _("及时性规则须针对日期或时间。"),
    "flows.rule.no_list": _("请选择代码表。"),
    "flows.rule.no_resource": _("请选择要对照的资源。"),
    "flows.rule.no_cycle": _("目录的更新周期是不定期或不更新，须写明容许的天数。"),
    "flows.rule.unresolved_list": _("没有这张代码表，或它没有有效的代码。"),
    "flows.rule.other_not_usable": _("对照的资源没有在线的数据，或本部门无权使用。"),
}
