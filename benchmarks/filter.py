"""How close a filter comes to its encoder: pictures are to be ready when the model is.

    .venv/bin/python -m benchmarks.filter --items 256

CLIP with the geometry of ViT-B/32 and random weights, JPEG pictures of 512 pixels, one budget of
threads for both. The encoder alone gets pixels that are ready; the whole filter reads, decodes,
hashes and measures the same pictures, asks the encoder, and writes what it keeps. Both alternate in
one process; the ratio of the medians is what counts, the rates depend on the machine.
"""

import argparse
import io
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import transformers
from PIL import Image

from ml.datasets.items import RawItem
from ml.filtering import reading
from ml.filtering.run import filter_dataset
from ml.filtering.stage import Tools
from ml.importing.dataset import import_dataset
from ml.loading import encoders
from ml.progress import Silent
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.dataset.dataset_import import DatasetImport

LEAST_SHARE = 0.85
SIDE = 512
SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}


def build_encoder(folder: Path, *, small: bool) -> Path:
    """ViT-B/32 is what CLIP's own configuration stands for; the small form is for tests."""
    torch.manual_seed(0)
    shape = {**SMALL, "num_attention_heads": 4} if small else {}
    config = transformers.CLIPConfig(text_config={**shape}, vision_config={**shape})
    transformers.CLIPModel(config).save_pretrained(folder)
    transformers.CLIPImageProcessorPil().save_pretrained(folder)
    return folder


def write_dataset(folder: Path, num_items: int) -> Path:
    """Photograph-like: smooth shapes with some noise, all different."""
    generator = np.random.default_rng(0)
    source = folder / "pictures"
    source.mkdir()
    for number in range(num_items):
        corners = generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(corners).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        noise = generator.normal(0, 8, (SIDE, SIDE, 3))
        pixels = np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=88)
        (source / f"{number:06d}.jpg").write_bytes(file.getvalue())
        (source / f"{number:06d}.txt").write_text(f"Caption number {number}", "utf-8")
    spec = DatasetImport(name="Benchmark", source="pictures", licence="CC0-1.0")
    import_dataset(
        spec, path=str(source), out_dir=folder / "dataset", state_dir=folder / "importing",
        progress=Silent(),
    )  # fmt: skip
    return folder / "dataset"


def measure_encoder(tools: Tools, num_items: int) -> float:
    """In the batches that the filter uses, on pixels that are ready."""
    encoder = tools.encoder
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    rows = []
    for number in range(num_items):
        row = reading.to_row(RawItem(key=str(number), picture=None, caption=""), number)
        row.looks["encoder"] = pixels
        rows.append(row)
    began = time.perf_counter()
    tools.embed(rows, encoder, "encoder")
    return time.perf_counter() - began


def measure_filter(spec: DatasetFilter, dataset: Path, encoder: Path, work: Path) -> float:
    """Without the loading of the model, which happens once however many pictures there are."""
    began = time.perf_counter()
    encoders.open_encoder(encoder)
    loading = time.perf_counter() - began
    began = time.perf_counter()
    filter_dataset(
        spec, dataset=dataset, encoder=encoder, references=dataset.parent / "references",
        out_dir=work / "out", state_dir=work / "state", progress=Silent(),
    )  # fmt: skip
    took = time.perf_counter() - began - loading
    shutil.rmtree(work)
    return took


def write_references(folder: Path) -> None:
    folder.mkdir()
    Image.new("RGB", (224, 224), "teal").save(folder / "0.png")
    (folder / "0.txt").write_text("Teal", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--small", action="store_true", help="A tiny model, and no limit.")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    stages = ("decode", "blur", "duplicates", {"method": "similarity", "threshold": -1})
    spec = DatasetFilter.model_validate({"name": "Benchmark", "stages": stages})
    times: dict[str, list[float]] = {"encoder": [], "filter": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        encoder = build_encoder(folder / "encoder", small=arguments.small)
        dataset = write_dataset(folder, arguments.items)
        write_references(folder / "references")
        tools = Tools(
            spec=spec, region=None, state_dir=folder, progress=Silent(), given={"encoder": encoder}
        )
        measure_encoder(tools, 16)
        for _ in range(arguments.rounds):
            times["encoder"].append(measure_encoder(tools, arguments.items))
            times["filter"].append(measure_filter(spec, dataset, encoder, folder / "work"))
    rates = {label: arguments.items / statistics.median(taken) for label, taken in times.items()}
    share = rates["filter"] / rates["encoder"]
    _report(arguments, rates, share)
    sys.exit(share < LEAST_SHARE and not arguments.small)


def _report(arguments: argparse.Namespace, rates: dict[str, float], share: float) -> None:
    print(
        f"## Filtering\n\n{arguments.items} JPEG pictures of {SIDE} pixels a side, CLIP ViT-B/32 "
        f"geometry with random weights, {arguments.threads} threads, medians of "
        f"{arguments.rounds} rounds.\n"
    )
    print("| | pictures a second |\n|---|---:|")
    print(f"| the encoder alone | {rates['encoder']:.1f} |")
    print(f"| the whole filter | {rates['filter']:.1f} |")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\nThe filter reaches {share:.0%} of its encoder; at least {LEAST_SHARE:.0%} is the "
        f"limit. Highest memory: {peak_mib:.0f} MiB."
    )


if __name__ == "__main__":
    main()
