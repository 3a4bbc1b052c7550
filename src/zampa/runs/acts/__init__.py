"""The acts of this room, by what they are about."""

from zampa.runs.acts.files import expire_files, fetch_file
from zampa.runs.acts.performing import perform_run, resume_runs
from zampa.runs.acts.quarantine import expire_quarantine, read_quarantine, replay_quarantine
from zampa.runs.acts.starting import cancel_run, note_grant, start_run

__all__ = [
    "cancel_run",
    "expire_files",
    "expire_quarantine",
    "fetch_file",
    "note_grant",
    "perform_run",
    "read_quarantine",
    "replay_quarantine",
    "resume_runs",
    "start_run",
]
