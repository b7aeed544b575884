"""`/metrics`: what the server counts about itself, as Prometheus text."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from headwater.web.call import Call

_BOUNDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0)
Gauge = tuple[str, str, Callable[[], float]]
"""Name, help, and how to read it."""


class Metrics:
    """Counts of requests by route and status, and their times; plain numbers, so counting costs little."""

    def __init__(self, gauges: Iterable[Gauge] = ()) -> None:
        """`gauges` are read whenever someone asks."""
        self._gauges = tuple(gauges)
        self._requests: dict[tuple[str, str, int], list[float]] = {}
        self._started_at = time.time()

    def observe(self, call: Call, status: int, seconds: float) -> None:
        """Count one answered request."""
        route = call.route.path if call.route is not None else "none"
        key = (call.scope["method"], route, status)
        row = self._requests.get(key)
        if row is None:
            row = self._requests[key] = [0.0] * (len(_BOUNDS) + 2)
        row[-1] += seconds
        for index, bound in enumerate(_BOUNDS):
            if seconds <= bound:
                row[index] += 1
                return
        row[-2] += 1

    def text(self) -> bytes:
        """The exposition text of everything."""
        # prometheus_client takes 80 ms to load, which a server without a scraper does not need
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterable[Any]:
        """The metrics in the library's form."""
        from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily  # noqa: PLC0415 - as above

        started = GaugeMetricFamily("headwater_started_seconds", "When the process started, Unix time")
        started.add_metric([], self._started_at)
        yield started
        requests = HistogramMetricFamily(
            "headwater_request_seconds", "Time to answer", labels=["method", "route", "status"]
        )
        for (method, route, status), row in self._requests.items():
            buckets, total = [], 0.0
            for bound, count in zip((*map(str, _BOUNDS), "+Inf"), row[:-1], strict=True):
                total += count
                buckets.append((bound, total))
            requests.add_metric([method, route, str(status)], buckets, sum_value=row[-1])
        yield requests
        for name, text, read in self._gauges:
            gauge = GaugeMetricFamily(f"headwater_{name}", text)
            gauge.add_metric([], read())
            yield gauge
