"""Texts of the index's codes."""

from django.utils.translation import gettext_lazy as _

WORDING = {
    "index.copy.not_ready": _("检索正在准备，请稍后再试。"),
    "index.writer.taken": _("另一个进程正在更新检索。"),
    "index.search.too_deep": _("只能翻到前 %(most)s 条，请缩小范围。"),
    "index.copy.not_built": _("检索没有重建成功（%(said)s）。"),
    "index.search.no_facet": _("没有“%(name)s”这种筛选。"),
}
