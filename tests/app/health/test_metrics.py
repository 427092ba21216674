import os
import subprocess
import sys
from pathlib import Path

from app.health import metrics
from domain.vitals.jobs import DeviceMemory, Vitals

ROOT = Path(__file__).parents[3]

VITALS = Vitals(
    num_jobs={("running", "system.check"): 2},
    num_queued={"cpu": 5},
    oldest_queued_s={"cpu": 12.5},
    lease_age_s={"cpu": 3.0},
    num_expired_leases=1,
    num_workers={"cpu": 2, "gpu": 1},
    devices=(
        DeviceMemory(worker="w1", name="H200", total_bytes=100, used_bytes=40),
        DeviceMemory(worker="w2", name="H200", total_bytes=100, used_bytes=None),
    ),
)


def test_the_rows_become_gauges() -> None:
    lines = metrics.render(VITALS).decode().splitlines()
    assert 'ggez_jobs{kind="system.check",state="running"} 2.0' in lines
    assert 'ggez_queue_depth{queue="cpu"} 5.0' in lines
    assert 'ggez_queue_oldest_seconds{queue="cpu"} 12.5' in lines
    assert 'ggez_lease_age_seconds{queue="cpu"} 3.0' in lines
    assert "ggez_leases_expired 1.0" in lines
    assert 'ggez_workers{queue="gpu"} 1.0' in lines
    assert 'ggez_gpu_memory_used_bytes{device="H200",worker="w1"} 40.0' in lines


def test_memory_that_is_not_known_is_left_out_and_not_called_zero() -> None:
    text = metrics.render(VITALS).decode()
    assert 'ggez_gpu_memory_bytes{device="H200",worker="w2"} 100.0' in text
    assert 'ggez_gpu_memory_used_bytes{device="H200",worker="w2"}' not in text


def test_several_web_processes_count_together(tmp_path: Path) -> None:
    count = (
        "from app.health import metrics\n"
        "metrics.count_request(route='/jobs', method='GET', status=200, seconds=0.02)\n"
    )
    show = count + (
        "from domain.vitals.jobs import Vitals\n"
        "print(metrics.render(Vitals({}, {}, {}, {}, 0, {}, ())).decode())\n"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for code in (count, count, show)
    ]
    assert 'ggez_requests_total{method="GET",route="/jobs",status="200"} 3.0' in outputs[-1]
    assert 'ggez_request_seconds_count{method="GET",route="/jobs"} 3.0' in outputs[-1]
