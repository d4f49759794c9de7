"""What a node says of itself: one message for `nadhir status` and `/status`, and the same figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from nadhir.model import Mode
from nadhir.node.hops import HopLatency
from nadhir.sharing.arrival import Timing
from nadhir.sharing.link_messages import LinkHealth


class PartnerStatus(msgspec.Struct, frozen=True):
    """One partner: its link, and what went each way."""

    link: LinkHealth
    skew_s: float | None
    """How far its clock seems behind ours, transit included."""
    late: dict[Timing, int]
    """Live releases that were refused for their time, by how; they are fetched from the partner's store."""
    refused: dict[str, int]
    """Envelopes that were not accepted, by cause."""
    decided: dict[str, int]
    """Records by what the release rules said."""
    sent_records: int
    received_records: int
    shed_records: int
    heads: int
    """Signed tree heads of this partner that fitted our logs."""
    split_view: str = ""


class NodeStatus(msgspec.Struct, frozen=True):
    """All of one node at a moment."""

    nation: str
    mode: Mode
    ready: bool
    state: str
    """What it is doing, or `ready`."""
    problems: list[str]
    time: float | None
    """The node's time, Unix seconds; null in an exercise that has not begun."""
    lines: int
    rejected: dict[str, int]
    partner_detections_refused: dict[str, int]
    tracked: int
    unlogged: int
    rebuilt_from: int
    news_dropped: int
    server_restarts: int
    partners: dict[str, PartnerStatus]
    hops: dict[str, HopLatency]


_LINK_COUNTERS = (
    "shed", "reads_served", "ahead", "gaps", "refetched", "duplicates", "refused", "undelivered", "dropped",
    "throttled", "resets", "taken_back",
)  # fmt: skip
_LINK_GAUGES = ("silent_s", "resumed_s", "queued", "unstored", "stored", "acknowledged", "delivered", "offered")


def metrics(status: NodeStatus) -> bytes:
    """The status in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(status))
    return generate_latest(registry)


class _Collector:
    def __init__(self, status: NodeStatus) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        status = self._status
        yield _gauge("nadhir_ready", "Whether the node is ready", {(): float(status.ready)})
        yield _counter("nadhir_lines", "Lines of own detections that came in", {(): status.lines})
        yield _counter("nadhir_lines_rejected", "Lines set aside", _by(status.rejected), "cause")
        refused = _by(status.partner_detections_refused)
        yield _counter("nadhir_partner_detections_refused", "Detections of partners not taken", refused, "cause")
        yield _counter("nadhir_inputs_unlogged", "Inputs that could not be logged", {(): status.unlogged})
        yield _counter("nadhir_news_dropped", "News that found no room to consoles", {(): status.news_dropped})
        yield _counter("nadhir_server_restarts", "Starts of a nats-server that had ended", {(): status.server_restarts})
        quantiles: dict[tuple[str, ...], float] = {}
        for hop, latency in status.hops.items():
            quantiles[hop, "0.5"], quantiles[hop, "0.99"] = latency.p50_s, latency.p99_s
        yield _gauge("nadhir_hop_seconds", "Latency of the last passages, by hop", quantiles, "hop", "quantile")
        yield from self._partners()

    def _partners(self) -> Iterator[Metric]:
        partners = self._status.partners
        links = {name: msgspec.structs.asdict(partner.link) for name, partner in partners.items()}
        for figure in _LINK_COUNTERS:
            values = {(name,): float(link[figure]) for name, link in links.items()}
            yield _counter(f"nadhir_link_{figure}", LinkHealth.__name__, values, "partner")
        for figure in ("connected", *_LINK_GAUGES):
            values = {(name,): float(link[figure]) for name, link in links.items() if link[figure] is not None}
            yield _gauge(f"nadhir_link_{figure}", LinkHealth.__name__, values, "partner")
        skews = {(name,): partner.skew_s for name, partner in partners.items() if partner.skew_s is not None}
        yield _gauge("nadhir_partner_skew_s", "How far a partner's clock seems behind ours", skews, "partner")
        for name, help_text, figures in (
            ("refused", "Envelopes of partners not accepted", {n: p.refused for n, p in partners.items()}),
            ("decided", "Records by what the release rules said", {n: p.decided for n, p in partners.items()}),
            (
                "late",
                "Live releases refused for their time, and fetched instead",
                {n: p.late for n, p in partners.items()},
            ),
        ):
            counted = {(n, cause): float(count) for n, causes in figures.items() for cause, count in causes.items()}
            yield _counter(f"nadhir_partner_{name}", help_text, counted, "partner", "cause")
        for name in ("sent_records", "received_records", "shed_records"):
            values = {(n,): float(getattr(p, name)) for n, p in partners.items()}
            yield _counter(f"nadhir_partner_{name}", "Records to or from a partner", values, "partner")


def _by(counts: dict[str, int]) -> dict[tuple[str, ...], float]:
    return {(cause,): float(count) for cause, count in counts.items()}


def _gauge(name: str, text: str, values: dict[Any, float], *labels: str) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _counter(name: str, text: str, values: dict[Any, float], *labels: str) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
