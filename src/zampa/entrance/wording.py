"""Texts of the entrance, and of the rooms without Django, which raise codes and know no language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zampa.entrance import wording_connectors, wording_events, wording_flows, wording_gateway, wording_index

WORDING: dict[str, str | Promise] = {
    **wording_connectors.WORDING,
    **wording_events.WORDING,
    **wording_flows.WORDING,
    **wording_gateway.WORDING,
    **wording_index.WORDING,
    "evidence.answer.not_in_root": _("应答不在它所说的调用段中。"),
    "evidence.answer.proof": _("应答的证明有误。"),
    "entrance.not_found": _("没有找到，或者不对您开放。"),
    "entrance.bad_request": _("浏览器发来的内容无法理解，请返回重试。"),
    "entrance.database.silent": _("数据库没有应答，请稍后再试。"),
    "entrance.keys.locked": _("密钥尚未解锁，系统还不能办理业务。"),
    "entrance.sequencer.late": _("留痕排序落后超过 %(seconds)s 秒。"),
    "entrance:retention:carried_out": _("清理到期数据"),
    "entrance.export.ready": _("“%(title)s”已导出 %(rows)s 行，点此下载，保留 %(days)s 天。"),
    "entrance.export.failed": _("“%(title)s”没有导出：清单已不对您开放，或者打不开。"),
    "entrance.export.not_found": _("没有这份导出文件，或者已过保留期。"),
    "entrance.export.too_many_waiting": _("您已有 %(limit)s 份导出在生成，请等它们完成。"),
    "entrance.api.input": _("此处不符合要求（%(problem)s）。"),
    "entrance.api.input_faults": _("有 %(count)s 处输入不符合要求。"),
    "entrance.api.refused": _("请求被拒绝（%(status)s）。"),
}
