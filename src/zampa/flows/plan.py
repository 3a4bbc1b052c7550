"""A delivery spec held against the source as it really is: which columns are read, what becomes of each.

Names in checks and row filters may be delivered names or columns of the source; a delivered name wins. What is
missing at the source is told for every column at once, before the destination is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from zampa.connectors.shapes import chosen
from zampa.contracts.deliveries import DeliverySpec
from zampa.contracts.flowspecs import Check, Filter, Mask
from zampa.contracts.quality import Rule, Unique, rule_of
from zampa.contracts.schemas import DataType, Field, TableRef, TableSchema
from zampa.flows.checks import validate_checks
from zampa.flows.filters import fields_of, renamed, validate_shape
from zampa.flows.masks import masked_length, masked_type, validate_mask
from zampa.flows.rulings import bound, names_of, validate_rules
from zampa.ground.errors import NotValid


@dataclass(frozen=True)
class Planned:
    """One delivered field: its column, how it is masked, and its shape where it arrives.

    `reads_as` differs from the column's type when an untyped source (CSV, JSON) spells the value as text.
    """

    column: Field
    mask: Mask
    reads_as: Field
    arrives: Field

    @property
    def converts(self) -> bool:
        return self.reads_as.type != self.column.type


@dataclass(frozen=True)
class Plan:
    """`columns` are read, `checks`, `rules` and `row_filter` speak of columns, `key` names a bad row to its owner.

    `types` are the columns' types as values are compared; `filters_here`: an untyped source (CSV) would compare
    numbers as text, so its rows are filtered by us.
    """

    source: TableSchema
    destination: TableSchema
    fields: tuple[Planned, ...]
    checks: tuple[Check, ...]
    rules: tuple[Rule, ...]
    row_filter: Filter | None
    key: tuple[str, ...]
    columns: tuple[str, ...]
    names: dict[str, str]
    types: dict[str, DataType]
    filters_here: bool = False

    @property
    def per_row(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.kind != "unique")

    @property
    def unique(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.kind == "unique")

    @property
    def of_row(self) -> tuple[Rule, ...]:
        """Rules that one row decides."""
        return tuple(rule for rule in self.rules if not isinstance(rule.test, Unique))

    @property
    def together(self) -> tuple[Rule, ...]:
        """Rules that no combination of values occurs twice."""
        return tuple(rule for rule in self.rules if isinstance(rule.test, Unique))


def coded(spec: DeliverySpec) -> dict[str, Check | Rule]:
    """Each check and rule under the code that stands on a bad row: its own, with its field where several share one."""
    asked: list[Check | Rule] = [*spec.checks, *spec.rules]
    shared = Counter(one.code for one in asked)
    return {f"{one.code}:{one.field}" if shared[one.code] > 1 else one.code: one for one in asked}


def as_rule(asked: Check | Rule, names: Mapping[str, str]) -> Rule:
    """What a delivery asks as a rule of other names, as from columns to items; a name not among them stays."""
    rule = rule_of(asked) if isinstance(asked, Check) else asked
    return bound(rule, {name: names.get(name, name) for name in names_of(rule)})


def make_plan(spec: DeliverySpec, source: TableSchema, target: TableRef, *, typed: bool) -> Plan:
    """NotValid when a column is missing, or a check, filter or mask does not fit what is there."""
    columns = {field.name: field.column for field in spec.fields}
    known = {field.name: field for field in source.fields}
    types: dict[str, DataType] = {field.name: field.type for field in source.fields}
    if not typed:
        types |= {field.column: field.type for field in spec.fields if field.column in known}  # type: ignore[misc]

    def column_of(name: str) -> str:
        return columns.get(name, name)

    asked = coded(spec).items()
    checks = tuple(
        Check(code=code, field=column_of(check.field), kind=check.kind, params=check.params)
        for code, check in asked
        if isinstance(check, Check)
    )
    rules = tuple(
        msgspec.structs.replace(as_rule(rule, columns), code=code) for code, rule in asked if isinstance(rule, Rule)
    )
    filtered = fields_of(spec.row_filter)
    row_filter = renamed(spec.row_filter, {name: column_of(name) for name in filtered}) if spec.row_filter else None
    wanted = list(dict.fromkeys([*columns.values(), *(check.field for check in checks),
                                *(name for rule in rules for name in names_of(rule))]))
    chosen(source, list(dict.fromkeys([*wanted, *fields_of(row_filter)])))
    validate_checks(checks, types)
    validate_rules(rules, types)
    if row_filter is not None:
        validate_shape(row_filter, types)
    fields = tuple(
        _planned(known[field.column], field.name, field.mask, field.type if not typed else "")
        for field in spec.fields
        if field.mask.kind != "drop"
    )
    if not fields:
        raise NotValid("flows.plan.nothing_to_deliver")
    key = tuple(name for name in source.key if name in wanted) if set(source.key) <= set(wanted) else ()
    key = key or tuple(field.column for field in spec.fields if field.key)
    arriving = tuple(planned.arrives for planned in fields)
    names = {column: name for name, column in reversed(columns.items())}
    return Plan(
        source=source, destination=TableSchema(table=target, fields=arriving), fields=fields, checks=checks,
        rules=rules, row_filter=row_filter, key=key, columns=tuple(wanted), names=names, types=types,
        filters_here=row_filter is not None and not typed,
    )


def _planned(column: Field, name: str, mask: Mask, declared: str) -> Planned:
    """`declared` is the catalogue's type, taken only where the source itself states none."""
    data_type = declared or column.type
    reads_as = Field(
        name=column.name, type=data_type if column.type == "text" else column.type,  # type: ignore[arg-type]
        length=column.length, precision=column.precision, scale=column.scale,
    )
    validate_mask(mask, reads_as.type)
    masked = masked_type(reads_as.type, mask)
    arrives = Field(
        name=name, type=masked, length=masked_length(column.length, mask) if masked == "text" else None,
        precision=column.precision if masked == "decimal" else None,
        scale=column.scale if masked == "decimal" else None,
        nullable=column.nullable, key=column.key and mask.kind == "none", comment=column.comment,
    )
    return Planned(column, mask, reads_as, arrives)
