"""Pages of the ledger: what happened, one record with its check, the signed states, files to check it elsewhere."""

from __future__ import annotations

import tempfile
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from zampa.desk.lists import listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.evidence.checkpoints import read_checkpoint
from zampa.ground.clock import parse_iso
from zampa.ground.errors import Conflict, ZampaError
from zampa.ledger import exports, keys, models, queries, rules, steps
from zampa.ledger.checks import Check, check
from zampa.ledger.lists import CHECKPOINTS, RECORDS, actor_name, body_of, subject_name

LONGEST = 200_000  # records of an export made while one waits


@signed_in
def records(request: StaffRequest) -> HttpResponseBase:
    """What this person may read; ?actor= and ?subject= come from links, ?number= from the search line."""
    number = request.GET.get("number", "")
    if number.isdecimal() and len(number) < 16:
        found = queries.readable(request.actor).filter(position__number=int(number)).first()
        if found is not None:
            return see_other(reverse("ledger:record", args=[found.pk]))
    rows = queries.readable(request.actor)
    for name in ("actor", "subject"):
        if request.GET.get(name):
            rows = rows.filter(**{name: request.GET[name][:200]})
    newest = queries.latest_checkpoint()
    extra = {
        "state": read_checkpoint(newest) if newest else None,
        "signed_at": parse_iso(read_checkpoint(newest).at) if newest else None,
        "waiting": queries.waiting()[0],
        "missed": number,
        "narrowed_to": request.GET.get("actor") or request.GET.get("subject"),
        "may_export": rules.may_export_bodies(request.actor).allowed,
        "may_keep_keys": rules.may_keep_keys(request.actor).allowed,
        "next_key": keys.next_key(),
    }
    return listing(request, rows, RECORDS, template="ledger/records.html", extra=extra)


@signed_in
def record(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One record: what it says, why this person may read it, and its proof computed anew."""
    row = queries.record(request.actor, record_id)
    body, right = body_of(row), rules.may_read(request.actor, row.parties)
    causes, found = queries.readable(request.actor), _checked(row)
    context = {
        "record": row,
        "leaf": queries.leaf_of(row),
        "body": body,
        "facts": sorted(body.facts.items()) if body else [],
        "actor_name": actor_name(row),
        "subject_name": subject_name(row),
        "event": text_of(row.event),
        "right": right,
        "check": found,
        "signed_at": parse_iso(found.checkpoint.at) if found else None,
        "address": _address_of(row),
        "cause": causes.filter(id=row.cause).first() if row.cause else None,
        "effects": [(found, text_of(found.event)) for found in causes.filter(cause=row.id)[:20]],
        "others": [(found, text_of(found.event)) for found in _others(request, row)],
    }
    return render(request, "ledger/record.html", context)


def _address_of(row: models.Record) -> str:
    """The page of the record's subject, by the habit of names: kind "room.thing" has the address name "room:thing"."""
    try:
        return reverse(row.subject_kind.replace(".", ":", 1), args=[row.subject])
    except NoReverseMatch:
        return ""


def _checked(row: models.Record) -> Check | None:
    """The check, or None while the record waits for its place."""
    try:
        return check(row.id)
    except Conflict:
        return None


def _others(request: StaffRequest, row: models.Record) -> list[models.Record]:
    return list(queries.records_about(request.actor, row.subject_kind, row.subject)[:20])


@signed_in
def checked(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """The check alone, for the mark beside a record on any page."""
    row = queries.record(request.actor, record_id)
    return render(request, "ledger/check.html", {"record": row, "check": _checked(row)})


@signed_in
def checkpoints(request: StaffRequest) -> HttpResponseBase:
    return listing(request, models.Checkpoint.objects.all(), CHECKPOINTS, template="ledger/checkpoints.html")


@signed_in
def anchors(request: HttpRequest) -> HttpResponse:
    """The public keys as a file for `zampa verify --trust`. A reader should get them by another way as well."""
    text = "".join(f"{key.text}\n" for key in keys.anchors())
    return _attached(text.encode(), f"{settings.ZAMPA_INSTALLATION}.anchors", "text/plain; charset=utf-8")


@signed_in
def checkpoint_file(request: HttpRequest) -> HttpResponse:
    """The newest signed state as a file to keep: `zampa verify --since` finds with it whether the log was cut."""
    last = models.Checkpoint.objects.order_by("-id").first()
    text = last.signed if last else "null"
    return _attached(text.encode(), f"{settings.ZAMPA_INSTALLATION}.checkpoint.json", "application/json")


@signed_in
@require_POST
def export(request: StaffRequest, contents: str) -> HttpResponseBase:
    """The log as a file: hashes for everyone, bodies for the audit administrator."""
    try:
        if queries.log_size() > LONGEST:
            raise Conflict("ledger.export.too_long", limit=f"{LONGEST:,}")
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        if contents == "bodies":
            exports.export_bodies(by=request.actor, file=file)
        else:
            exports.export_hashes(file)
    except ZampaError as error:
        return _refused(request, error)
    file.seek(0)
    name = f"{settings.ZAMPA_INSTALLATION}-{contents}.ndjson"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/x-ndjson")


def _refused(request: StaffRequest, error: ZampaError) -> HttpResponse:
    def again() -> None:
        raise error

    return press(request, again, said="", to=reverse("ledger:records"))


@signed_in
@require_POST
def key(request: StaffRequest, step: str) -> HttpResponse:
    """Announce the next signing key, or let it take over."""
    if step == "announce":
        call, said = steps.announce_key, _("下一把密钥已生成，之后的检查点都会公告它。")
    else:
        call, said = steps.rotate_key, _("新密钥已启用。")
    return press(request, lambda: call(by=request.actor), said=said, to=reverse("ledger:records"))


def _attached(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


app_name = "ledger"
urlpatterns = [
    path("", records, name="records"),
    path("records/<uuid:record_id>/", record, name="record"),
    path("records/<uuid:record_id>/check/", checked, name="check"),
    path("checkpoints/", checkpoints, name="checkpoints"),
    path("anchors/", anchors, name="anchors"),
    path("checkpoint/", checkpoint_file, name="checkpoint_file"),
    path("export/<str:contents>/", export, name="export"),
    path("keys/<str:step>/", key, name="key"),
]
