"""Which queue a specification waits in."""

import pytest

from specs.job import JobSpec
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.system.system_check import SystemCheck


def make_filter(device: str) -> DatasetFilter:
    return DatasetFilter(name="Filtered", device=device)


@pytest.mark.parametrize(
    ("spec", "queue"),
    [
        (make_filter("cpu"), "cpu"),
        (make_filter("cuda"), "gpu"),
        (make_filter("cuda:1"), "gpu"),
        (ImagesGenerate(base="base", prompts="markets"), "gpu"),
        (ImagesGenerate(base="base", prompts="markets", device="cuda"), "gpu"),
        (ImagesGenerate(base="base", prompts="markets", device="cpu"), "cpu"),
        (BenchmarkRun(), "gpu"),
        (SystemCheck(), "cpu"),
    ],
)
def test_the_queue_follows_the_device_where_one_can_be_chosen(spec: JobSpec, queue: str) -> None:
    assert spec.find_queue() == queue
