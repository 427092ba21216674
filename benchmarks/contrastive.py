"""What gradient caching saves, and that its gradients are those of the one big batch.

    .venv/bin/python -m benchmarks.contrastive --items 64 --part 4

CLIP with the geometry of ViT-B/32, cut to four layers, and random weights; a contrastive step over
pictures and sentences. The big batch and the cached one each run in a process of their own, whose
highest memory is counted above what it had before its step. On a GPU torch counts it.

Whether the gradients are the same is asked in fp64, of a quarter of the batch: in fp32 those of the
one big batch are themselves further from the exact ones than the limit (2.8e-6 of 16 pictures).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ml.training.gradients import caching
from ml.training.gradients.caching import Parts

MOST_DIFFERENCE = 1e-6
MOST_MEMORY = 0.4
MIB = 2**20
FEWER = 4  # times, in fp64
LAYERS = {"num_hidden_layers": 4}
SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4}


def build(*, small: bool) -> Any:
    torch.manual_seed(0)
    shape = LAYERS | (SMALL if small else {})
    config = transformers.CLIPConfig(text_config=shape, vision_config=shape)
    return transformers.CLIPModel(config).train()


def draw(num: int) -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(0)
    sentences = torch.randint(1, 49_000, (num, 77), generator=random)
    sentences[:, -1] = 49_407
    return {
        "pictures": torch.randn(num, 3, 224, 224, generator=random),
        "sentences": sentences,
    }


def step(model: Any, inputs: dict[str, Tensor], size: int | None) -> Tensor:
    """`size`: of a part; None is the whole batch at once, without a cache."""

    def see(pixels: Tensor) -> Tensor:
        return nn.functional.normalize(model.get_image_features(pixels).pooler_output)

    def read(ids: Tensor) -> Tensor:
        return nn.functional.normalize(model.get_text_features(ids).pooler_output)

    def measure(vectors: dict[str, Tensor]) -> Tensor:
        logits = model.logit_scale.exp() * vectors["pictures"] @ vectors["sentences"].T
        right = torch.arange(len(logits), device=logits.device)
        sides = [nn.functional.cross_entropy(each, right) for each in (logits, logits.T)]
        return torch.stack(sides).mean()

    embed = {"pictures": see, "sentences": read}
    if size is None:
        loss = measure({name: embed[name](each) for name, each in inputs.items()})
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()
    groups = {name: Parts(each.split(size), embed[name]) for name, each in inputs.items()}
    return caching.go_back(groups, measure)


def measure(arguments: argparse.Namespace, size: int | None, out: Path) -> None:
    """In a process of its own: the step's time and memory, and its gradients into a file."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = build(small=arguments.small).to(device)
    inputs = {name: each.to(device) for name, each in draw(arguments.items).items()}
    if arguments.exact:
        model, inputs["pictures"] = model.double(), inputs["pictures"].double()
    # Gradients are there for both; what is measured is what comes on top of them.
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    step(model, {name: each[:1] for name, each in inputs.items()}, None)
    model.zero_grad(set_to_none=False)
    before, began = read_most(device, anew=True), time.perf_counter()
    loss = step(model, inputs, size)
    seconds = time.perf_counter() - began
    facts = {"bytes": read_most(device) - before, "seconds": seconds, "loss": loss.item()}
    gradients = {name: each.grad.contiguous() for name, each in model.named_parameters()}
    save_file(gradients, out / "gradients.safetensors")
    (out / "facts.json").write_text(json.dumps(facts), "utf-8")


def read_most(device: str, *, anew: bool = False) -> int:
    if device == "cuda":
        torch.cuda.synchronize()
        if anew:
            torch.cuda.reset_peak_memory_stats()
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run_apart(
    arguments: argparse.Namespace, size: int | None, out: Path, *, exact: bool = False
) -> dict[str, Any]:
    out.mkdir()
    fewer = max(arguments.items // FEWER, 2 * arguments.part)
    num = fewer if exact else arguments.items
    command = [sys.executable, "-m", "benchmarks.contrastive", "--into", str(out)]
    command += ["--items", str(num), "--part", str(size or 0)]
    command += ["--threads", str(arguments.threads), *(["--small"] if arguments.small else [])]
    command += ["--exact"] if exact else []
    subprocess.run(command, check=True)
    facts: dict[str, Any] = json.loads((out / "facts.json").read_text("utf-8"))
    return facts | {"gradients": load_file(out / "gradients.safetensors")}


def compare(wanted: dict[str, Tensor], found: dict[str, Tensor]) -> float:
    """How far apart, as a share of the whole gradient's length."""
    assert wanted.keys() == found.keys()
    apart = sum(float((found[name] - each).square().sum()) for name, each in wanted.items())
    return float((apart / sum(float(each.square().sum()) for each in wanted.values())) ** 0.5)


def report(
    arguments: argparse.Namespace, whole: dict[str, Any], cached: dict[str, Any], exact: float
) -> bool:
    rounded = compare(whole["gradients"], cached["gradients"])
    share = cached["bytes"] / max(whole["bytes"], 1)  # a tiny step may fit into what was there
    print(
        f"## Gradient caching\n\nA contrastive step of {arguments.items} pictures and as many "
        f"sentences, CLIP of four layers{' (tiny)' if arguments.small else ''}, parts of "
        f"{arguments.part}, {arguments.threads} threads.\n"
    )
    print("| | seconds | MiB above the model and its gradients | loss |\n|---|---:|---:|---:|")
    for label, each in (("one big batch", whole), ("cached", cached)):
        print(
            f"| {label} | {each['seconds']:.2f} | {each['bytes'] / MIB:,.0f} | {each['loss']:.6f} |"
        )
    print(
        f"\nCaching takes {share:.0%} of the memory (limit {MOST_MEMORY:.0%}); gradients differ by "
        f"{exact:.1e} of their length in fp64 (limit {MOST_DIFFERENCE:.0e}), in fp32 by "
        f"{rounded:.1e}."
    )
    return exact <= MOST_DIFFERENCE and (share <= MOST_MEMORY or arguments.small)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=64)
    parser.add_argument("--part", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="Tiny, and no limit on memory.")
    parser.add_argument("--exact", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.into:
        measure(arguments, arguments.part or None, arguments.into)
        return
    with tempfile.TemporaryDirectory() as name:
        whole = run_apart(arguments, None, Path(name) / "whole")
        cached = run_apart(arguments, arguments.part, Path(name) / "cached")
        exactly = [
            run_apart(arguments, size, Path(name) / f"exact-{size}", exact=True)["gradients"]
            for size in (None, arguments.part)
        ]
    sys.exit(not report(arguments, whole, cached, compare(*exactly)))


if __name__ == "__main__":
    main()
