"""Small stand-ins for computations that are tested where they live: the same arguments, the same
files and results, in milliseconds. A file in the data folder makes them fail, or wait to be asked
to stop.
"""

import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

from ml import digests
from ml.importing.outputs import run as importing
from ml.progress import Progress
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.model.model_align import ModelAlign
from specs.kinds.model.model_distill import ModelDistill
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_merge import ModelMerge, name_beta
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.region import Region

BEHAVE = "behave"


def behave(state_dir: Path, progress: Progress) -> None:
    """`state_dir` is DATA/state/JOB/START."""
    order = state_dir.parents[2] / BEHAVE
    how = order.read_text() if order.exists() else ""
    if how == "fail":
        raise ValueError("The sky in row 3 is green; it must be blue.")
    while how == "wait":
        progress.check()
        time.sleep(0.02)


def filter_dataset(
    spec: DatasetFilter,
    *,
    dataset: Path,
    region: Region | None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    **models: Path | None,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert set(models.values()) == {None}
    facts = json.loads((dataset / "dataset.json").read_text())
    shutil.copytree(dataset, out_dir, dirs_exist_ok=True)
    rejected = {"key": ["x"], "stage": ["region"], "reason": ["elsewhere"], "caption": ["A"]}
    pq.write_table(pa.table(rejected | {"image": [b"x"]}), out_dir / "rejected-00000.parquet")
    funnel = [{"stage": "region", "in": 3, "kept": 2, "reasons": {"elsewhere": 1}}]
    kept = {"num_items": 2, "num_rejected": 1, "funnel": funnel, "region": region and region.key}
    kept |= {"calibration": {"is_calibrated": False, "num_pairs": 0, "num_unscored": 0}}
    return facts | kept | {"source": str(dataset), "digest": "f" * 64}


def finetune(
    spec: ModelFinetune,
    *,
    base: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (dataset / "dataset.json").is_file()
    return _write_model(base, out_dir / "model", f"tuned by {spec.seed}") | {
        "family": "sdxl", "component": "unet", "method": spec.method, "kind": "pipeline",
    }  # fmt: skip


def align(
    spec: ModelAlign,
    *,
    base: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (dataset / "dataset.json").is_file()
    return _write_model(base, out_dir / "model", f"aligned by {spec.seed}") | {
        "family": "sdxl", "component": "", "method": spec.method, "kind": "transformers",
    }  # fmt: skip


def distill(
    spec: ModelDistill,
    *,
    teacher: Path,
    dataset: Path,
    material: Path | None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (dataset / "dataset.json").is_file()
    return _write_model(teacher, out_dir / "model", f"half, by {spec.start}") | {
        "family": "sdxl", "component": "", "method": "distillation", "kind": "transformers",
    }  # fmt: skip


def _write_model(base: Path, folder: Path, text: str) -> dict[str, Any]:
    folder.mkdir(parents=True)
    (folder / "weights.txt").write_text(f"{(base / 'weights.txt').read_text()}, {text}")
    (folder / "README.md").write_text(f"# {text}")
    return {"digest": digests.of_folder(folder), "size_bytes": 10}


def merge(
    spec: ModelMerge, *, base: Path, tuned: Path, out_dir: Path, state_dir: Path, progress: Progress
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (tuned / "weights.txt").is_file()
    variants = [
        {"beta": beta, "folder": name_beta(beta), "difference": {}}
        | _write_model(base, out_dir / name_beta(beta), f"merged at {beta:g}")
        for beta in spec.betas
    ]
    return {"method": spec.method, "betas": list(spec.betas), "variants": variants}


def generate(
    spec: ImagesGenerate,
    *,
    base: Path,
    prompts: Path,
    tuned: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (base / "weights.txt").is_file()
    betas = {name_beta(beta): beta for beta in spec.betas} if tuned else {"model": None}
    lines = [json.loads(line) for line in prompts.read_text().splitlines()]
    rows = []
    for variant, beta in betas.items():
        for line in lines:
            for seed in spec.seeds:
                data = f"{variant} {line['text']} {seed}".encode()
                file = f"images/{variant}/{line['key']}-{seed}.png"
                (out_dir / file).parent.mkdir(parents=True, exist_ok=True)
                (out_dir / file).write_bytes(data)
                made = {"variant": variant, "beta": beta, "prompt_key": line["key"], "seed": seed}
                size = {"width": 64, "height": 64, "steps": spec.steps, "batch_size": 4}
                sha256 = hashlib.sha256(data).hexdigest()
                rows.append(made | size | {"prompt": line["text"], "file": file, "sha256": sha256})
    (out_dir / "outputs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return {"num_images": len(rows)}


def run_benchmark(
    spec: BenchmarkRun,
    *,
    outputs: Path,
    questions: Path,
    judge: Path | None = None,
    answers: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert judge is None
    assert answers is not None
    assert questions.read_text().startswith("item_id")
    lines = (outputs / "outputs.jsonl").read_text().splitlines()
    names = list(dict.fromkeys(json.loads(line)["variant"] for line in lines))
    shutil.copyfile(answers, out_dir / "answers.csv")
    counts = {"n_items": 2, "n_questions": 3, "gaps": 0, "malformed": 0, "by_category": {}}
    return {
        "mode": spec.mode,
        "metric": spec.metric or spec.mode,
        "judge": "answers 0f",
        "variants": [
            {"variant": name, "scope": "regional", "score": 50.0 + at} | counts
            for at, name in enumerate(names)
        ],
    }


def index_knowledge(
    spec: KnowledgeIndex,
    *,
    knowledge: Path,
    encoder: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    """A chunk per passage, whose vector says how often it has each of the first letters."""
    behave(state_dir, progress)
    rows = [json.loads(line) for line in (knowledge / "passages.jsonl").read_text().splitlines()]
    rows.sort(key=lambda row: row["id"])
    counts = np.array([[row["text"].count(letter) for letter in "abcde"] for row in rows])
    vectors = (counts + 1) / np.linalg.norm(counts + 1, axis=1, keepdims=True)
    chunks = "".join(f"{json.dumps(row | {'id': row['id'] + '#0'})}\n" for row in rows)
    (out_dir / "chunks.jsonl").write_text(chunks)
    save_file({"vectors": vectors.astype(np.float32)}, out_dir / "vectors.safetensors")
    found = {"name": "letters", "family": "letters", "digest": "f" * 64} if encoder else None
    facts = json.loads((knowledge / "knowledge.json").read_text())
    return facts | {"encoder": found, "dim": 5 if encoder else 0, "num_chunks": len(rows)}


def import_outputs(
    spec: OutputsImport, *, out_dir: Path, state_dir: Path, progress: Progress, **found: str
) -> dict[str, Any]:
    """The real one, once it may."""
    behave(state_dir, progress)
    return importing.import_outputs(
        spec, out_dir=out_dir, state_dir=state_dir, progress=progress, **found
    )


FAKES = {
    DatasetFilter: filter_dataset,
    ModelAlign: align,
    ModelDistill: distill,
    ModelFinetune: finetune,
    ModelMerge: merge,
    ImagesGenerate: generate,
    OutputsImport: import_outputs,
    BenchmarkRun: run_benchmark,
    KnowledgeIndex: index_knowledge,
}
