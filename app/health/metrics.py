"""What Prometheus reads.

Requests are counted by each web process. With several, they share a folder of memory-mapped
files: whoever starts them sets PROMETHEUS_MULTIPROC_DIR to an empty one, before Python starts,
because the client library looks at it while it is imported. Everything about jobs is read from
the rows when asked, so it is the same whichever process answers.
"""

import os
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from domain.vitals.jobs import Vitals

_OWN = CollectorRegistry()
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter(
    "ggez_requests", "Requests answered.", ["route", "method", "status"], registry=_OWN
)
SECONDS = Histogram(
    "ggez_request_seconds",
    "Time until an answer began.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_OWN,
)


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    # Methods are free text on the wire: a label must not grow with what strangers send.
    known = method if method in _METHODS else "OTHER"
    REQUESTS.labels(route, known, str(status)).inc()
    SECONDS.labels(route, known).observe(seconds)


def render(vitals: Vitals) -> bytes:
    of_jobs = CollectorRegistry()
    of_jobs.register(_JobMetrics(vitals))
    return generate_latest(_registry_of_requests()) + generate_latest(of_jobs)


def _registry_of_requests() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _OWN
    of_all_processes = CollectorRegistry()
    MultiProcessCollector(of_all_processes)  # type: ignore[no-untyped-call]  # left so by the library
    return of_all_processes


class _JobMetrics(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterable[Metric]:
        vitals = self._vitals
        jobs = GaugeMetricFamily("ggez_jobs", "Jobs by state and kind.", labels=["state", "kind"])
        for (state, kind), num_jobs in vitals.num_jobs.items():
            jobs.add_metric([state, kind], num_jobs)
        yield jobs
        yield _by_queue("ggez_queue_depth", "Jobs waiting for a worker.", vitals.num_queued)
        yield _by_queue(
            "ggez_queue_oldest_seconds", "Wait of the oldest queued job.", vitals.oldest_queued_s
        )
        yield _by_queue(
            "ggez_lease_age_seconds", "Longest silence about a running job.", vitals.lease_age_s
        )
        yield GaugeMetricFamily(
            "ggez_leases_expired",
            "Running jobs whose worker fell silent.",
            value=vitals.num_expired_leases,
        )
        yield _by_queue("ggez_workers", "Workers alive.", vitals.num_workers)
        yield from self._memory()

    def _memory(self) -> Iterable[Metric]:
        labels = ["worker", "device"]
        total = GaugeMetricFamily("ggez_gpu_memory_bytes", "Memory of the device.", labels=labels)
        used = GaugeMetricFamily("ggez_gpu_memory_used_bytes", "Of that, in use.", labels=labels)
        for device in self._vitals.devices:
            total.add_metric([device.worker, device.name], device.total_bytes)
            if device.used_bytes is not None:
                used.add_metric([device.worker, device.name], device.used_bytes)
        yield total
        yield used


def _by_queue(name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["queue"])
    for queue, value in values.items():
        family.add_metric([queue], value)
    return family
