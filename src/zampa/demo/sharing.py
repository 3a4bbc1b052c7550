"""The middle of the story: entries, requests, approvals and deliveries, each by the act the page's button calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings

from zampa.catalogue import acts as catalogue
from zampa.catalogue import queries as catalogue_queries
from zampa.catalogue.models import Resource
from zampa.census import acts as census
from zampa.census.models import Connection, System
from zampa.contracts.flowspecs import Check, Mask
from zampa.contracts.schemas import TableRef
from zampa.demo import wishes
from zampa.demo.cast import Cast
from zampa.demo.sources import Source
from zampa.demo.telling import expect, wait_until
from zampa.exchange.acts import decisions, deliveries, requests, signing
from zampa.exchange.acts.requests import Ask
from zampa.exchange.models import Delivery, Grant, Request
from zampa.exchange.rules.grants import GrantTerms, ItemDecision
from zampa.ground.clock import local_date, utc_now


def register_systems(cast: Cast) -> dict[str, System]:
    names = {
        "civil": "区划管理系统",
        "weather": "站网管理系统",
        "police": "人口信息系统",
        "statistics": "统计联网直报系统",
        "social": "社会保险信息系统",
    }
    return {
        key: census.register_system(
            by=cast.actor(f"{key}.editor"), code=f"XZ-{number:04d}", name=name, department_id=cast.departments[key].pk
        )
        for number, (key, name) in enumerate(names.items(), start=1)
    }


def connect(cast: Cast, key: str, name: str, source: Source, system: System) -> Connection:
    return census.register_connection(
        by=cast.actor(f"{key}.editor"),
        department_id=cast.departments[key].pk,
        name=name,
        engine="postgresql",
        host=source.host,
        port=source.port,
        database=source.database,
        user=source.user,
        secret=source.password,
        system_id=system.pk,
    )


def connect_folder(cast: Cast, key: str, name: str, system: System) -> tuple[Connection, Path]:
    """A department's spreadsheets lie in its own folder among the installation's files."""
    folder = Path(settings.ZAMPA_FILES_DIR) / "sources" / cast.departments[key].code
    folder.mkdir(parents=True, exist_ok=True)
    made = census.register_connection(
        by=cast.actor(f"{key}.editor"),
        department_id=cast.departments[key].pk,
        name=name,
        engine="xlsx",
        folder=str(folder),
        system_id=system.pk,
    )
    return made, folder


def catalogued(
    cast: Cast,
    key: str,
    source: Connection,
    table: TableRef,
    draft: catalogue.Draft,
    prepare: Callable[[Cast, Resource], None] | None = None,
) -> Resource:
    """From the real table to a published entry with live data behind it."""
    editor, head = cast.actor(f"{key}.editor"), cast.actor(f"{key}.head")
    entry = catalogue.draft_from_table(by=editor, connection_id=source.pk, table=table, draft=draft)
    if prepare is not None:
        prepare(cast, entry)
    if entry.items.filter(sensitivity__in=("personal", "sensitive")).exists():
        catalogue.assess_impact(by=editor, resource_id=entry.pk, answers=wishes.IMPACT)
    catalogue.submit_resource(by=editor, resource_id=entry.pk)
    catalogue.sign_resource(by=head, resource_id=entry.pk)
    entry = catalogue.review_resource(by=cast.actor("authority.officer"), resource_id=entry.pk)
    attachment = catalogue.apply_attachment(by=editor, resource_id=entry.pk, connection_id=source.pk, table=table)
    catalogue.approve_attachment(by=cast.actor(f"{key}.office"), attachment_id=attachment.pk)
    probe = catalogue.probe_attachment(attachment_id=attachment.pk)
    expect(probe.problem, "", f"probe of {entry.name}")
    return entry


def people_rules(cast: Cast, entry: Resource) -> None:
    """What the steward adds to the suggestions: the number is the key, and everybody has a name."""
    named = Check(code="not_null", field="name", kind="not_null")
    kept = set(catalogue.ItemDraft.__dataclass_fields__) - {"id", "checks", "key"}
    rows = [
        catalogue.ItemDraft(
            id=str(item.pk),
            key=item.column == "id_number",
            checks=[msgspec.convert(check, Check) for check in item.checks] + [named] * (item.column == "name"),
            **{name: getattr(item, name) for name in kept},
        )
        for item in catalogue_queries.items_of(entry.pk)
    ]
    catalogue.edit_items(by=cast.actor("police.editor"), resource_id=entry.pk, items=rows)


def ask(cast: Cast, key: str, entry: Resource, columns: tuple[str, ...], **more: object) -> Request:
    """Drafted by the clerk, submitted, signed by the requester's office head."""
    today = local_date(utc_now())
    items = {
        str(item.pk): "用于本部门法定职责" for item in catalogue_queries.items_of(entry.pk) if item.column in columns
    }
    values: dict[str, object] = {
        "starts_on": today,
        "ends_on": today + timedelta(days=365),
        **more,
    }
    drafted = requests.draft_request(
        by=cast.actor(f"{key}.editor"),
        resource_id=entry.pk,
        ask=Ask(items=items, **values),  # type: ignore[arg-type]
    )
    requests.submit_request(by=cast.actor(f"{key}.editor"), request_id=drafted.pk)
    return signing.sign_request(by=cast.actor(f"{key}.office"), request_id=drafted.pk, opinion="与职责一致，同意。")


def decide(
    cast: Cast, key: str, request: Request, masks: dict[str, Mask], refused: dict[str, str], quota: int
) -> Grant:
    """The provider's office head answers item by item."""
    words = [
        ItemDecision(
            item=str(row.pk),
            verdict="no" if row.column in refused else "yes",
            mask=masks.get(row.column, Mask()),
            reason=refused.get(row.column, ""),
        )
        for row in request.items.all()
    ]
    today = local_date(utc_now())
    terms = GrantTerms(
        starts_on=request.starts_on or today, ends_on=request.ends_on or today, quota_per_day=quota, rate_per_minute=600
    )
    return decisions.grant_request(
        by=cast.actor(f"{key}.office"), request_id=request.pk, decisions=words, terms=terms, opinion="按最小必要授权。"
    )


def deliver(cast: Cast, key: str, grant: Grant, kind: str) -> Delivery:
    """The provider's clerk starts it, the worker runs it; waits for the end."""
    row = grant.deliveries.get(kind=kind)
    deliveries.start_delivery(by=cast.actor(f"{key}.editor"), delivery_id=row.pk)
    return wait_until(lambda: _ended(row.pk), f"delivery {row.number}")


def _ended(key: UUID) -> Delivery | None:
    row = Delivery.objects.get(pk=key)
    if row.state == "failed":
        expect(row.error_code, "", f"delivery {row.number} {row.error_params}")
    return row if row.state == "done" else None
