"""Codes of this room as sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDING: dict[str, str | Promise] = {
    "census.missing": _("请填写。"),
    "census.unknown_network": _("请选择所在网络。"),
    "census.keep.other_department": _("这是别的部门的台账。"),
    "census.keep.editors_only": _("台账由本部门的编目员和共享工作机构负责人维护。"),
    "census.system.not_found": _("没有这个系统，或者不归您查看。"),
    "census.system.not_valid": _("系统信息有误。"),
    "census.system.bad_code": _("编码用大写字母、数字和横线，3 至 40 位，例如 GAT-RK-01。"),
    "census.system.code_taken": _("这个编码已有系统使用。"),
    "census.system.unknown_state": _("请选择系统状态。"),
    "census.connection.not_found": _("没有这个连接，或者不归您查看。"),
    "census.connection.not_valid": _("连接信息有误。"),
    "census.connection.unknown_engine": _("请选择数据源类型。"),
    "census.connection.bad_port": _("端口是 1 到 65535 之间的数。"),
    "census.connection.bad_folder": _("请填写文件夹的完整路径，以 / 开头。"),
    "census.connection.bad_url": _("请填写 http 或 https 地址，不带账号、密码和参数。"),
    "census.connection.name_taken": _("本部门已有同名连接。"),
    "census.connection.secret_again": _("地址或账号变了，请重新填写密码。"),
    "census.network.not_found": _("没有这个网段。"),
    "census.network.not_valid": _("网段信息有误。"),
    "census.network.security_admin_only": _("允许连接的网段由安全管理员批准。"),
    "census.network.bad_cidr": _("网段写作 10.24.0.0/16。"),
    "census.network.too_wide": _("网段太大，前缀至少 /%(limit)s。"),
    "census.network.never": _("本机、链路本地和组播地址不能批准。"),
    "census.network.approved_already": _("这个网段已经批准。"),
    "census:system:registered": _("登记系统"),
    "census:system:changed": _("修改系统"),
    "census:connection:registered": _("登记连接"),
    "census:connection:changed": _("修改连接"),
    "census:connection:live": _("检查连接：正常"),
    "census:connection:broken": _("检查连接：不通"),
    "census:network:approved": _("批准网段"),
    "census:network:withdrawn": _("撤回网段"),
}
