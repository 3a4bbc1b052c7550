"""Events in the words of OpenLineage 2 (openlineage.io), so that other tools can read where data goes.

A dataset is an entry of the catalogue or what a delivery leaves at the requester; where a table lies, its address and
its values stay out. A job is a delivery, an entry's quality check or an entry's probe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    data_quality_assertions_dataset,
    error_message_run,
    output_statistics_output_dataset,
    schema_dataset,
)
from openlineage.client.serde import Serde


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an event says. `fields`: names and types of the entry's items that take part; `assertions`: (rule, item,
    held); `error`: a code, never a sentence with values."""

    kind: str
    type: str
    run: UUID
    about: UUID | str
    resource: UUID | str
    at: datetime
    fields: Sequence[tuple[str, str]] = ()
    rows: int | None = None
    assertions: Sequence[tuple[str, str, bool]] = ()
    error: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


def event(told: Told, *, installation: str, producer: str) -> dict[str, Any]:
    """The RunEvent as JSON values."""
    house = f"zampa://{installation}"
    entry = (f"{house}/catalogue", str(told.resource))
    schema = schema_dataset.SchemaDatasetFacet(
        fields=[schema_dataset.SchemaDatasetFacetFields(name=name, type=kind) for name, kind in told.fields],
        producer=producer,
    )
    facets: dict[str, Any] = {"schema": schema} if told.fields else {}
    made = RunEvent(
        eventTime=told.at.isoformat(),
        producer=producer,
        eventType=RunState[told.type],
        run=Run(str(told.run), {"errorMessage": _error(told, producer)} if told.error else {}),
        job=Job(f"{house}/{told.kind}", str(told.about)),
        inputs=[InputDataset(*entry, _assertions(told, producer), facets=facets)],
        outputs=[_left(told, entry, facets, house, producer)] if told.kind == "delivery" else [],
    )
    found: dict[str, Any] = Serde.to_dict(made)
    return found


def _error(told: Told, producer: str) -> error_message_run.ErrorMessageRunFacet:
    return error_message_run.ErrorMessageRunFacet(message=told.error, programmingLanguage="python", producer=producer)


def _assertions(told: Told, producer: str) -> dict[str, Any]:
    if not told.assertions:
        return {}
    rows = [
        data_quality_assertions_dataset.Assertion(assertion=rule, success=held, column=item or None)
        for rule, item, held in told.assertions
    ]
    facet = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(assertions=rows, producer=producer)
    return {"dataQualityAssertions": facet}


def _left(told: Told, entry: tuple[str, str], facets: dict[str, Any], house: str, producer: str) -> OutputDataset:
    """What the delivery leaves, each field with the item it comes from."""
    columns = {
        name: column_lineage_dataset.Fields(inputFields=[column_lineage_dataset.InputField(*entry, name)])
        for name, _kind in told.fields
    }
    lineage = column_lineage_dataset.ColumnLineageDatasetFacet(fields=columns, producer=producer)
    count = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=told.rows, producer=producer)
    return OutputDataset(
        f"{house}/deliveries",
        str(told.about),
        {"outputStatistics": count} if told.rows is not None else {},
        facets={**facets, "columnLineage": lineage} if columns else {},
    )
