"""Codes of this room as sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDING: dict[str, str | Promise] = {
    "standards.keep.authority_only": _("全区的标准由主管部门维护。"),
    "standards.propose.other_department": _("这是别的部门提出的。"),
    "standards.propose.editors_only": _("由本部门的编目员和共享工作机构负责人提出。"),
    "standards.adopt.other_department": _("这是别的部门的事。"),
    "standards.adopt.own_people_only": _("由本部门的编目员、共享工作机构负责人或部门负责人登记。"),
    "standards.document.not_found": _("没有这份标准文件，或者不归您查看。"),
    "standards.element.not_found": _("没有这个数据元，或者不归您查看。"),
    "standards.list.not_found": _("没有这张代码表，或者不归您查看。"),
    "standards.suggest.name": _("名称相同"),
    "standards.suggest.synonym": _("与同义词“%(word)s”相同"),
    "standards.suggest.learned": _("以前把“%(word)s”对应到它"),
    "standards.suggest.comment": _("列注释是“%(word)s”"),
    "standards.suggest.column": _("列名 %(word)s 是它的标识符或常用列名"),
    "standards.suggest.pinyin": _("列名 %(word)s 是它的拼音"),
    "standards.suggest.initials": _("列名 %(word)s 是它的拼音首字母"),
    "standards.suggest.ends": _("名称以“%(word)s”结尾"),
    "standards.suggest.alike": _("名称相近（%(percent)s%%）"),
    "standards.suggest.clash": _("但类型 %(type)s 装不下它的值"),
    "standards.departs.replaced": _("数据元“%(name)s”已被代替。"),
    "standards.departs.abolished": _("数据元“%(name)s”已废止。"),
    "standards.departs.name": _("名称与数据元“%(name)s”及其同义词不同。"),
    "standards.departs.type": _("类型应为 %(asked)s，现为 %(given)s。"),
    "standards.departs.length": _("长度不足：应至少 %(asked)s，现为 %(given)s。"),
    "standards.departs.precision": _("精度不足：应至少 %(asked)s，现为 %(given)s。"),
    "standards.departs.sensitivity": _("敏感程度低于数据元的规定。"),
    "standards.departs.domain": _("没有检查取值是否在值域内：%(said)s"),
    "standards.departs.codes": _("允许了“%(list)s”以外的代码：%(codes)s"),
    "standards:lists:loaded": _("载入代码表"),
    "standards:elements:loaded": _("载入数据元"),
}
