"""Numbers for a monitor (Prometheus text). No label names a person, a consumer or a value."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One registry a gateway."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        made = self.registry
        self.calls = Counter("zampa_gateway_calls", "Calls by outcome.", ["action", "outcome"], registry=made)
        self.refusals = Counter("zampa_gateway_refusals", "Refused calls by reason.", ["reason"], registry=made)
        self.seconds = Histogram(
            "zampa_gateway_call_seconds", "Time from the first byte read to the last written.",
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10), registry=made,
        )
        self.open = Gauge("zampa_gateway_calls_open", "Calls being served now.", registry=made)
        self.book = Gauge("zampa_gateway_book_number", "Number of the book in force.", registry=made)
        self.book_expires = Gauge("zampa_gateway_book_expires_seconds", "When the book expires.", registry=made)
        self.unpushed = Gauge("zampa_gateway_trail_unpushed", "Records not yet taken in by the centre.", registry=made)
        self.torn = Gauge("zampa_gateway_trail_torn_bytes", "Bytes cut off the trail at the last start.", registry=made)
        self.alarms = Counter("zampa_gateway_alarms", "Alarms raised.", ["kind"], registry=made)
        self.unrecorded = Counter("zampa_gateway_unknown_unrecorded", "Unknown callers past the limit.", registry=made)
        self._bound: dict[tuple[str, str], Counter] = {}

    def ended(self, action: str, outcome: str, seconds: float) -> None:
        bound = self._bound.get((action, outcome))
        if bound is None:
            bound = self._bound[(action, outcome)] = self.calls.labels(action, outcome)
        bound.inc()
        self.seconds.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
