"""Codes become sentences here, in the reader's language.

Every room keeps `wording.WORDING`: code -> lazy text with %(param)s. Rooms without Django raise codes too;
their texts stand in the entrance's wording. A code without a text is shown as it is, so that nothing is
hidden, and a test fails on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

WORDING: dict[str, Text] = {
    "desk.export.queued": _("这份清单超过 %(limit)s 行，正在后台生成文件，完成后以消息告诉您。"),
    "desk.form.one_fault": _("有 1 处需要修改"),
    "desk.form.faults": _("有 %(count)s 处需要修改"),
    "desk.paper.too_large": _("文件超过 %(limit)s MB。"),
    "desk.paper.empty": _("文件是空的。"),
    "desk.paper.type_not_listed": _("不接受这种文件，可用：%(listed)s。"),
    "desk.paper.not_what_it_says": _("文件内容不是 %(suffix)s 格式，请检查后重新上传。"),
    "desk.paper.not_stored": _("材料没有存下来，请稍后再试。"),
    "desk.sheet.too_large": _("文件超过 %(limit)s MB。"),
    "desk.sheet.empty": _("文件里没有数据。"),
    "desk.sheet.not_read": _("不是能读的 XLSX 或 CSV 文件（CSV 用 UTF-8 或 GB 18030 编码）。"),
    "desk.sheet.no_book": _("须是 XLSX 文件，请用模板填写。"),
    "desk.sheet.merged": _("工作表“%(sheet)s”里有合并的单元格，请取消合并再传。"),
    "desk.sheet.too_many_rows": _("文件超过 %(limit)s 行，请分成几份。"),
    "desk.sheet.bad_heads": _("表头有误。"),
    "desk.sheet.unknown_head": _("不认识的列“%(head)s”"),
    "desk.sheet.head_twice": _("列“%(head)s”出现了两次"),
    "desk.sheet.head_missing": _("缺少列“%(head)s”"),
    "desk.sheet.more_faults": _("另有 %(count)s 处有误"),
    "desk.signed_out": _("请先登录。"),
    "desk.signed_out.csrf": _("页面已过期，请刷新后再试。"),
    "desk.state.draft": _("草稿"),
    "desk.state.submitted": _("已提交"),
    "desk.state.waiting": _("等待中"),
    "desk.state.running": _("进行中"),
    "desk.state.approved": _("已同意"),
    "desk.state.granted": _("已授权"),
    "desk.state.signed": _("已签发"),
    "desk.state.published": _("已发布"),
    "desk.state.changing": _("变更中"),
    "desk.state.live": _("在线"),
    "desk.state.broken": _("异常"),
    "desk.state.refused": _("不予同意"),
    "desk.state.returned": _("退回补正"),
    "desk.state.revoked": _("已撤销"),
    "desk.state.expired": _("已到期"),
    "desk.state.withdrawn": _("已撤回"),
    "desk.state.cancelled": _("已取消"),
    "desk.state.failed": _("失败"),
    "desk.state.done": _("已完成"),
    "desk.state.delivered": _("已交付"),
    "desk.state.closed": _("已结束"),
    "desk.state.open": _("待处理"),
    "desk.state.active": _("有效"),
    "desk.state.applied": _("待审核"),
    "desk.state.suspended": _("已暂停"),
}


@cache
def wording() -> dict[str, Text]:
    """Every code of every installed room of ours; the room a code begins with has the last word on it."""
    found: dict[str, Text] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("zampa.") and find_spec(f"{config.name}.wording") is not None:
            own: dict[str, Text] = getattr(import_module(f"{config.name}.wording"), "WORDING", {})
            for code, text in own.items():
                if code not in found or code.startswith((f"{config.label}.", f"{config.label}:")):
                    found[code] = text
    return found


def has_text(code: str) -> bool:
    return code in wording()


def text_of(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of `code` in the active language; the bare code when no room words it."""
    text = wording().get(code)
    if text is None:
        return code
    try:
        return str(text) % dict(params or {})
    except (KeyError, TypeError, ValueError):
        return str(text)
