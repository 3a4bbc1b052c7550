"""One movement of rows: read, check, mask, write, compare, swap.

What holds whatever happens: nothing stands under the destination's name before the digest of what is stored equals
the digest of what was sent and the limits on bad rows are kept. An error, a cancelled run or a killed process leaves
the destination as it was; the movement may simply be done again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from zampa.connectors.addresses import AddressPolicy
from zampa.connectors.digests import StreamDigest
from zampa.connectors.postgresql.copying import source as open_source
from zampa.connectors.postgresql.writing import PostgresqlWriter
from zampa.connectors.protocols import Connector, Digest
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import DeliverySpec, Endpoint
from zampa.contracts.schemas import TableRef
from zampa.flows.plan import Plan, make_plan
from zampa.flows.relay import Pushed, push, relay
from zampa.flows.streaming import stream
from zampa.flows.watching import MoveResult, Progress, Sink, Watch
from zampa.ground.clock import local_date, utc_now
from zampa.ground.errors import NotValid, Unavailable

__all__ = ["MoveResult", "move"]


def move(
    spec: DeliverySpec,
    source: Endpoint,
    destination: Endpoint,
    *,
    mask_key: bytes = b"",
    salt: bytes = b"",
    on_progress: Callable[[Progress], None] | None = None,
    on_bad_rows: Sink | None = None,
    cancelled: Callable[[], bool] | None = None,
    today: date | None = None,
    policy: AddressPolicy | None = None,
    destination_policy: AddressPolicy | None = None,
) -> MoveResult:
    """Carry out `spec` between two endpoints; `spec.destination_table` names the table or file that is made.

    `salt` goes into the digests; `today` is the day a birthday may not lie after (default: now in Shanghai);
    `policy` says what the source may be reached at, `destination_policy` where the rows may go (default: the same).
    Raises the connectors' errors as they are; NotValid `flows.too_many_bad_rows`, `flows.too_great_a_bad_share` or
    what `make_plan` refuses; Conflict `flows.cancelled`; Unavailable `flows.digests_differ`, `flows.source_changed`.
    """
    if spec.destination_table is None:
        raise NotValid("flows.plan.no_destination")
    reader = connector(source.engine, policy)
    writing = connector(destination.engine, destination_policy or policy)
    watch = Watch(spec, on_progress, on_bad_rows, cancelled)
    watch.enter("looking")
    day = today or local_date(utc_now())
    if reader.capabilities.raw_copy and writing.capabilities.raw_copy:
        result = _pushed(spec, source, destination, writing, spec.destination_table, mask_key, salt, day, policy, watch)
        if result is not None:
            return result
    plan = make_plan(spec, reader.schema(source, spec.source_table), spec.destination_table,
                     typed=reader.capabilities.typed)
    with writing.open_writer(destination, plan.destination, spec.mark, salt) as writer:
        stream(plan, reader, source, writer, mask_key, day, watch)
        watch.finish()
        watch.enter("comparing")
        result = _compared(watch, writer.sent(), writer.stored(), "streamed")
        watch.enter("swapping")
        writer.commit()
    return result


def _pushed(
    spec: DeliverySpec, source: Endpoint, destination: Endpoint, writing: Connector, target: TableRef,
    mask_key: bytes, salt: bytes, day: date, policy: AddressPolicy | None, watch: Watch,
) -> MoveResult | None:
    """The fast way; None when the plan has a part that only Python can carry out."""
    with open_source(endpoint=source, policy=policy) as snapshot:
        plan: Plan = make_plan(spec, snapshot.schema(spec.source_table), target, typed=True)
        pushed: Pushed | None = push(plan, day)
        if pushed is None:
            return None
        with writing.open_writer(destination, plan.destination, spec.mark, salt) as writer:
            if not isinstance(writer, PostgresqlWriter):
                return None
            sent = relay(plan, pushed, snapshot, writer, salt, watch)
            watch.finish()
            watch.enter("comparing")
            stored = writer.stored_stream(StreamDigest(salt=salt))
            result = _compared(watch, sent, stored, "pushed")
            watch.enter("swapping")
            writer.commit()
    return result


def _compared(watch: Watch, sent: Digest, stored: Digest, way: str) -> MoveResult:
    """Both ends hold the same rows, or nothing is swapped in."""
    if (sent.rows, sent.value, sent.algorithm) != (stored.rows, stored.value, stored.algorithm):
        raise Unavailable("flows.digests_differ", sent=sent.rows, stored=stored.rows)
    return MoveResult(
        rows_read=watch.read, rows_written=sent.rows, rows_bad=watch.bad, digest_sent=sent.value,
        digest_stored=stored.value, algorithm=sent.algorithm, way="pushed" if way == "pushed" else "streamed",
        bad_by_code=dict(watch.by_code), seconds=round(watch.seconds, 3),
    )
