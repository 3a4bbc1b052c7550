"""COPY CSV as Arrow. CSV, because it alone tells NULL (nothing) from an empty text ("")."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.csv as pacsv

from zampa.connectors.texts import from_text
from zampa.contracts.schemas import Field
from zampa.ground.errors import NotValid

PARSED = 1 << 22


def parsed(block: bytes, fields: Sequence[Field], first_row: int) -> pa.RecordBatch:
    """Whole rows of COPY CSV as a batch. `first_row` numbers them in errors."""
    names = [str(index) for index in range(len(fields))]
    try:
        table = _read(block, names)
    except pa.ArrowInvalid:  # what answers sends no COPY
        raise NotValid("connectors.engine_refused", host="", state="csv", table="") from None
    arrays = []
    for field, column in zip(fields, table.columns, strict=True):
        whole = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
        arrays.append(from_text(whole, field, first_row))
    return pa.RecordBatch.from_arrays(arrays, names=[field.name for field in fields])


def _read(block: bytes, names: list[str]) -> pa.Table:
    return pacsv.read_csv(
        io.BytesIO(block),
        read_options=pacsv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
        parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True,
            quoted_strings_can_be_null=False, null_values=[""],
        ),
    )
