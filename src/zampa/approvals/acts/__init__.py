"""Every write of this room. Those that owning rooms call inside their own acts make no record of their own."""

from zampa.approvals.acts.calendars import set_calendar_days
from zampa.approvals.acts.clocks import extend_clock, meet_clock, pause_clock, resume_clock, start_clock
from zampa.approvals.acts.extensions import answer_extension, ask_extension
from zampa.approvals.acts.leavers import let_go
from zampa.approvals.acts.profiles import load_packaged_profiles, load_profile
from zampa.approvals.acts.tasks import close_tasks, decide, open_task

__all__ = [
    "answer_extension",
    "ask_extension",
    "close_tasks",
    "decide",
    "extend_clock",
    "let_go",
    "load_packaged_profiles",
    "load_profile",
    "meet_clock",
    "open_task",
    "pause_clock",
    "resume_clock",
    "set_calendar_days",
    "start_clock",
]
