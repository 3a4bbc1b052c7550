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
    "standards:lists:loaded": _("载入代码表"),
    "standards:elements:loaded": _("载入数据元"),
}
