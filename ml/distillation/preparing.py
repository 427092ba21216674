"""distillation.prepare: ask a teacher about everything once, for all students it is to have."""

from pathlib import Path
from typing import Any

from ml import devices, files
from ml.datasets import contents
from ml.distillation import material, students
from ml.distillation.material import Material
from ml.loading import encoders
from ml.progress import Progress
from ml.training.publishing import results
from specs.kinds.distillation.distillation_prepare import DistillationPrepare


def prepare(
    spec: DistillationPrepare,
    *,
    teacher: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    teaching = encoders.open_encoder(teacher, device=devices.choose(spec.device).device)
    students.find_layers(teaching.model)  # who cannot be halved teaches nobody
    found = material.find_items(dataset)
    folder = state_dir / material.identify(teaching, dataset)[:32]
    material.build(found, teaching, dataset, folder, progress)
    for path in material.list_files(folder):
        files.place(path, out_dir / path.name)
    made = Material.read(out_dir, teaching, dataset)
    return {
        "teacher": teaching.describe(),
        "data": results.name_source(contents.read_facts(dataset)),
        "languages": list(made.languages),
        "num_pictures": made.num_items,
        "num_captions": made.num_sentences,
        "num_left_out": made.num_left_out,
        "num_cut_captions": made.num_cut,
        "size_bytes": files.measure_size(out_dir),
    }
