"""Acts as timelines tell them, after the name of who did it, where the owning room does not word them itself."""

from django.utils.translation import gettext_lazy as _

WORDING = {
    "catalogue:attachment:applied": _("提出挂接"),
    "catalogue:attachment:approved": _("同意了挂接"),
    "catalogue:attachment:broken": _("数据源异常"),
    "catalogue:attachment:ended": _("结束挂接"),
    "catalogue:attachment:live": _("数据源在线"),
    "catalogue:attachment:stale": _("数据源过期"),
    "catalogue:clock:late": _("目录事项逾期，报主管部门"),
    "catalogue:attachment:refused": _("不同意挂接"),
    "catalogue:change:dropped": _("放弃了变更"),
    "catalogue:classes:loaded": _("载入分类"),
    "catalogue:resource:changing": _("开始变更目录"),
    "catalogue:resource:drafted": _("编制目录"),
    "catalogue:resource:bound": _("对应数据元"),
    "catalogue:resource:edited": _("修改目录"),
    "catalogue:resource:published": _("审核并发布目录"),
    "catalogue:resource:returned": _("退回目录"),
    "catalogue:resource:signed": _("签发了目录"),
    "catalogue:resource:submitted": _("提交目录"),
    "catalogue:resource:withdrawn": _("撤下目录"),
    "catalogue:search:dropped": _("删去保存的检索"),
    "catalogue:search:saved": _("保存检索"),
    "catalogue:standing:ended": _("终止常设决定"),
    "catalogue:standing:refused": _("不作常设决定"),
    "catalogue:standing:signed": _("签署了常设决定"),
    "exchange:delivery:file_taken": _("取走交付文件"),
}
