"""The small form of benchmarks/finetune.py: both steps run, and do the same work."""

import importlib.util
from pathlib import Path

import torch

PATH = Path(__file__).resolve().parents[3] / "benchmarks" / "finetune.py"


def test_both_steps_of_the_benchmark_run() -> None:
    spec = importlib.util.spec_from_file_location("benchmark_finetune", PATH)
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    times = benchmark.compare(num_steps=3, batch_size=2, blocks=(8, 16), device="cpu")
    assert {name: len(values) for name, values in times.items()} == {"bare": 3, "whole": 3}
    assert min(min(values) for values in times.values()) > 0
    assert torch.is_grad_enabled()
