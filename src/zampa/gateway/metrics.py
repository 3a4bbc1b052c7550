"""Numbers for a monitor (Prometheus text). No label names a person, a consumer or a value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class Metrics:
    """One registry a gateway."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        made = self.registry
        self.refusals = Counter("zampa_gateway_refusals", "Refused calls by reason.", ["reason"], registry=made)
        self.open = Gauge("zampa_gateway_calls_open", "Calls being served now.", registry=made)
        self.book = Gauge("zampa_gateway_book_number", "Number of the book in force.", registry=made)
        self.book_expires = Gauge("zampa_gateway_book_expires_seconds", "When the book expires.", registry=made)
        self.unpushed = Gauge("zampa_gateway_trail_unpushed", "Records not yet taken in by the centre.", registry=made)
        self.torn = Gauge("zampa_gateway_trail_torn_bytes", "Bytes cut off the trail at the last start.", registry=made)
        self.alarms = Counter("zampa_gateway_alarms", "Alarms raised.", ["kind"], registry=made)
        self.unrecorded = Counter("zampa_gateway_unknown_unrecorded", "Unknown callers past the limit.", registry=made)
        self._calls: dict[tuple[str, str], int] = {}
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self.registry.register(self)

    def ended(self, action: str, outcome: str, seconds: float) -> None:
        """Count a call. Plain numbers, since this runs on every call; `collect` spells them for the monitor."""
        self._calls[(action, outcome)] = self._calls.get((action, outcome), 0) + 1
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def collect(self) -> Iterator[Metric]:
        calls = CounterMetricFamily("zampa_gateway_calls", "Calls by outcome.", labels=["action", "outcome"])
        for labels, count in sorted(self._calls.items()):
            calls.add_metric(labels, count)
        yield calls
        bounds = [*map(str, BOUNDS), "+Inf"]
        counts = list(zip(bounds, map(float, accumulate(self._buckets)), strict=True))
        yield HistogramMetricFamily(
            "zampa_gateway_call_seconds", "Time from the first byte read to the last written.", counts, self._seconds
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)
