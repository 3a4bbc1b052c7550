"""Background entry points: probes on demand and on a schedule, and what ran out of time."""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from zampa.catalogue import acts
from zampa.catalogue.acts import bulk, imports, searches
from zampa.catalogue.search import feed
from zampa.ground.errors import Unavailable

SECONDS = 9 * 60  # a round ends before the next one is due
log = logging.getLogger(__name__)


@app.task(name="catalogue.probe_attachment", queueing_lock=None)
def probe_attachment(attachment_id: str) -> None:
    """One look at one source."""
    close_old_connections()
    acts.probe_attachment(attachment_id=attachment_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="catalogue.probe_attachments", queueing_lock="catalogue.probe_attachments", lock="catalogue.probes")
def probe_attachments(timestamp: int) -> None:
    """Look at everything that is due, the longest first; measured at some thousands in ten minutes."""
    close_old_connections()
    if looked := acts.probe_due(seconds=SECONDS):
        log.info("%s attachments looked at", looked)


@app.periodic(cron="*/30 * * * *")
@app.task(name="catalogue.tell_overdue", queueing_lock="catalogue.tell_overdue")
def tell_overdue(timestamp: int) -> None:
    """Clocks of the catalogue that ran out are brought before the authority, once each."""
    close_old_connections()
    acts.tell_overdue()


@app.periodic(cron="* * * * *")
@app.task(name="catalogue.tell_new_hits", queueing_lock="catalogue.tell_new_hits")
def tell_new_hits(timestamp: int) -> None:
    """Every minute: people whose kept searches have new hits."""
    close_old_connections()
    try:
        searches.tell_new_hits()
    except Unavailable as error:  # the copy of the index is being made
        log.info("kept searches wait: %s", error)


@app.periodic(cron="11 19 * * *")  # 03:11 in Shanghai
@app.task(name="catalogue.forget_old_changes", queueing_lock="catalogue.forget_old_changes")
def forget_old_changes(timestamp: int) -> None:
    """Every night: of each entry's changes, which the index has taken in, only the newest is kept."""
    close_old_connections()
    feed.note_old_changes()


@app.task(name="catalogue.judge", queueing_lock=None)
def judge(judgement_id: str) -> None:
    """Carry out an entry's quality rules once."""
    close_old_connections()
    acts.perform_judgement(judgement_id)


@app.periodic(cron="* * * * *")
@app.task(name="catalogue.judge_due", queueing_lock="catalogue.judge_due")
def judge_due(timestamp: int) -> None:
    """Every minute: what was newly attached, and what its cycle says is to be judged again."""
    close_old_connections()
    acts.judge_due()


@app.periodic(cron="23 * * * *")
@app.task(name="catalogue.expire_samples", queueing_lock="catalogue.expire_samples")
def expire_samples(timestamp: int) -> None:
    """Every hour: sampled rows whose 30 days are over."""
    close_old_connections()
    acts.expire_samples()


@app.periodic(cron="* * * * *")
@app.task(name="catalogue.send_lineage", queueing_lock="catalogue.send_lineage")
def send_lineage(timestamp: int) -> None:
    """Every minute: lineage events that wait for the receiver, if the installation names one."""
    close_old_connections()
    acts.send_lineage()


@app.task(name="catalogue.draft_tables", queueing_lock=None)
def draft_tables(job_id: str) -> None:
    """Every table of a drafting job that still waits; does nothing when another worker has it."""
    close_old_connections()
    bulk.carry_out_drafting(job_id)


@app.periodic(cron="* * * * *")
@app.task(name="catalogue.resume_drafting", queueing_lock="catalogue.resume_drafting")
def resume_drafting(timestamp: int) -> None:
    """Every minute: drafting jobs and imports whose worker was killed go on from where they were."""
    close_old_connections()
    bulk.take_up_again()
    imports.take_imports_up_again()


@app.task(name="catalogue.import_rows", queueing_lock=None)
def import_rows(import_id: str) -> None:
    """Every row of an import that is not yet taken; does nothing when another worker has it."""
    close_old_connections()
    imports.carry_out_import(import_id)


@app.task(name="catalogue.profile", queueing_lock=None)
def profile(profile_id: str) -> None:
    """Make one picture of a table."""
    close_old_connections()
    acts.perform_profile(profile_id)
