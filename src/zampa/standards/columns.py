"""The columns of the files of this room: field -> the word at its head."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SIZES = ("min_length", "length", "precision", "scale")
WORDS = ("synonyms", "columns")
ELEMENT_COLUMNS: dict[str, str | Promise] = {
    "number": _("编号"),
    "symbol": _("标识符"),
    "name": _("名称"),
    "name_bo": _("藏文名称"),
    "name_en": _("英文名称"),
    "definition": _("定义"),
    "object_class": _("对象类"),
    "property": _("特性"),
    "type": _("类型"),
    "min_length": _("最短"),
    "length": _("长度"),
    "precision": _("精度"),
    "scale": _("小数位"),
    "unit": _("计量单位"),
    "domain": _("值域"),
    "code_list": _("代码表"),
    "pattern": _("取值格式"),
    "low": _("最小值"),
    "high": _("最大值"),
    "sensitivity": _("敏感程度"),
    "standard": _("依据"),
    "synonyms": _("同义词"),
    "columns": _("常用列名"),
}
VALUE_COLUMNS: dict[str, str | Promise] = {
    "code": _("代码"),
    "name": _("名称"),
    "name_bo": _("藏文名称"),
    "name_en": _("英文名称"),
    "parent": _("上级"),
    "valid_from": _("生效"),
    "valid_to": _("失效"),
    "replaced_by": _("由…代替"),
}
