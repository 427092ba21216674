"""What a training step costs beside the bare step, on latents that are encoded already.

    .venv/bin/python -m benchmarks.finetune --steps 40

The bare step is forward, loss, backward, clipping, AdamW and EMA on tensors that lie in memory. The
whole step also reads its batch from disk, draws noise, sets the learning rate, looks whether it
should stop, and keeps what will be told. Both run here in turns, on two copies of the same UNet;
the ratio of the medians counts. Checkpoints and samples are no part of either.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel

from ml.finetuning.data.batches import Batches
from ml.finetuning.noise import Noising, item_losses
from ml.finetuning.training import Course, Training
from ml.progress import Silent
from ml.training.averages import Average
from ml.training.data import store
from ml.training.data.ahead import Ahead
from ml.training.team import Alone
from ml.training.trainable import Trainable
from specs.kinds.model.model_finetune import ModelFinetune

LIMIT = 1.15
SIDE, CHANNELS, WIDTH, POOLED = 16, 4, 64, 32
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
         "prediction_type": "v_prediction", "_class_name": "DDIMScheduler"}  # fmt: skip


def make_unet(blocks: tuple[int, ...]) -> UNet2DConditionModel:
    torch.manual_seed(0)
    return UNet2DConditionModel(
        sample_size=SIDE,
        block_out_channels=blocks,
        layers_per_block=1,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * (len(blocks) - 1)),
        up_block_types=(*("CrossAttnUpBlock2D",) * (len(blocks) - 1), "UpBlock2D"),
        attention_head_dim=8,
        norm_num_groups=8,
        cross_attention_dim=WIDTH,
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=6 * 32 + POOLED,
    )


def write_encoded(folder: Path, num_items: int) -> None:
    """As a data set is encoded, with numbers drawn at random."""
    random = np.random.default_rng(0)
    folder.mkdir()
    writer = store.Writer(folder)
    views = np.zeros((num_items, 8), np.int32)
    views[:, 0] = np.arange(num_items)
    views[:, 1] = 1 + np.arange(num_items) % 50
    views[:, 2:] = (8 * SIDE, 8 * SIDE, 0, 0, 8 * SIDE, 8 * SIDE)
    name = f"latents-{8 * SIDE}x{8 * SIDE}"
    writer.append(name, random.normal(size=(num_items, CHANNELS, SIDE, SIDE)).astype("<f4"))
    writer.append("texts", random.normal(size=(51, 77, WIDTH)).astype("<f4"))
    writer.append("pooled", random.normal(size=(51, POOLED)).astype("<f4"))
    writer.append("views", views)
    writer.save(num_items, is_done=True)
    writer.close()


def make_bare(unet: Any, spec: ModelFinetune, batches: Batches, device: str) -> Callable[[], None]:
    """On tensors that were read before, noise and target included."""
    model = unet.to(device).train()
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=spec.learning_rate, fused=True)
    average = Average(parameters, 0.999)
    noising = Noising.of_scheduler(NOISE)
    batch = next(batches.make_step(0))
    mixed = noising.mix(batch.latents_bchw, batch.noise_bchw, batch.times_b).to(device)
    target = noising.target(batch.latents_bchw, batch.noise_bchw, batch.times_b).to(device)
    batch = batch.to(torch.device(device))
    added = {"text_embeds": batch.pooled_bp, "time_ids": batch.time_ids_b6}

    def step() -> None:
        predicted = model(
            mixed, batch.times_b, batch.texts_btd, added_cond_kwargs=added, return_dict=False
        )[0]
        (item_losses(predicted, target).sum() * batch.weight).backward()
        torch.nn.utils.clip_grad_norm_(parameters, spec.max_grad_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.take_in(100)

    return step


def make_whole(
    unet: Any, spec: ModelFinetune, batches: Batches, folder: Path, device: str
) -> tuple[Callable[[], None], Ahead]:
    num_steps = batches.count_steps()
    course = Course(
        settings=spec, num_steps=num_steps, noising=Noising.of_scheduler(NOISE), state_dir=folder,
        identity="benchmark",
    )  # fmt: skip
    names, parameters = zip(*unet.named_parameters(), strict=True)
    training = Training(course, Trainable(unet.train(), names, parameters), Alone(device))
    ahead = Ahead(batches, range(num_steps), pinned=device == "cuda")
    progress = Silent()

    def step() -> None:
        training.step_once(ahead.take, progress)

    return step, ahead


def measure(work: Callable[[], None], device: str) -> float:
    began = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def compare(
    *, num_steps: int, batch_size: int, blocks: tuple[int, ...], device: str
) -> dict[str, list[float]]:
    spec = ModelFinetune(
        max_steps=num_steps + 5, batch_size=batch_size, ema_decay=0.999,
        checkpoint_every=1_000_000,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        write_encoded(Path(name) / "encoded", 8 * batch_size)
        batches = Batches(spec, Path(name) / "encoded", num_views=1, num_times=1000)
        bare = make_bare(make_unet(blocks), spec, batches, device)
        whole, ahead = make_whole(make_unet(blocks), spec, batches, Path(name), device)
        works = {"bare": bare, "whole": whole}
        for work in [bare, whole] * 3:  # warm-up
            work()
        times: dict[str, list[float]] = {"bare": [], "whole": []}
        for number in range(num_steps):
            for each in ("bare", "whole") if number % 2 else ("whole", "bare"):
                times[each].append(measure(works[each], device))
        ahead.close()
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--blocks", type=int, nargs="+", default=[32, 64, 64])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--small", action="store_true", help="A tiny model, and no limit.")
    arguments = parser.parse_args()
    if arguments.small:
        arguments.steps, arguments.batch, arguments.blocks = 4, 2, [16, 16]
    times = compare(
        num_steps=arguments.steps, batch_size=arguments.batch, blocks=tuple(arguments.blocks),
        device=arguments.device,
    )  # fmt: skip
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratio = medians["whole"] / medians["bare"]
    num_weights = sum(each.numel() for each in make_unet(tuple(arguments.blocks)).parameters())
    print(
        f"## Fine-tuning\n\n{num_weights / 1e6:.1f} M weights, batch {arguments.batch}, "
        f"{arguments.steps} steps, {arguments.device}, {torch.get_num_threads()} threads, "
        f"torch {torch.__version__}\n"
    )
    print("| step | median, ms | lowest, ms | highest, ms |\n| --- | --- | --- | --- |")
    for name, values in times.items():
        low, high = 1000 * min(values), 1000 * max(values)
        print(f"| {name} | {1000 * medians[name]:.1f} | {low:.1f} | {high:.1f} |")
    print(f"\nwhole / bare: {ratio:.3f} (limit {LIMIT})")
    return int(ratio > LIMIT and not arguments.small)


if __name__ == "__main__":
    sys.exit(main())
