"""The training itself: steps, what is told of them, and where it can go on.

Knows nothing of data sets, captions and folders of models; it reads batches and leaves checkpoints.
"""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ml.finetuning import checkpoints, noise, schedules
from ml.finetuning.averages import Average
from ml.finetuning.checkpoints import Checkpoint
from ml.finetuning.data.batches import Ahead, Batch, Batches
from ml.finetuning.noise import Noising
from ml.finetuning.problems import LossNotFinite
from ml.finetuning.team import Team
from ml.finetuning.trainable import Trainable
from ml.loading.pipelines import find_dtype
from ml.progress import Progress, Stopped, word
from specs.kinds.model_finetune import ModelFinetune

_READ_EVERY = 10  # steps: reading a loss makes the processor wait for the GPU
_DROPOUT = 5  # keeps random numbers of this purpose apart
WEIGHTS, AVERAGE, OPTIMIZER = "weights", "average", "optimizer"


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a training is given besides the model and its batches."""

    spec: ModelFinetune
    num_steps: int
    noising: Noising
    state_dir: Path
    identity: str  # a checkpoint of another is not gone on with
    draw_samples: Callable[[Any, int], object] | None = None

    @property
    def checkpoints(self) -> Path:
        return self.state_dir / "checkpoints"

    @property
    def log(self) -> Path:
        return self.state_dir / "training.jsonl"


@dataclass
class _Told:
    """What was computed and not yet read from the device."""

    steps: list[int] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    losses: list[Tensor] = field(default_factory=list)
    norms: list[Tensor] = field(default_factory=list)
    began_at: float = field(default_factory=time.perf_counter)


class Training:
    def __init__(self, course: Course, trainable: Trainable, team: Team) -> None:
        spec = course.spec
        self.course, self.spec, self.team = course, spec, team
        self.unet = trainable.unet
        self.model = team.wrap(trainable.unet)
        self.names, self.parameters = trainable.names, list(trainable.parameters)
        self.noising = course.noising.to(team.device)
        self.optimizer = torch.optim.AdamW(
            self.parameters,
            lr=spec.learning_rate,
            betas=(spec.adam_beta1, spec.adam_beta2),
            eps=spec.adam_epsilon,
            weight_decay=spec.weight_decay,
            fused=True,
        )
        # Without decay there is nothing to average.
        self.average = Average(self.parameters, spec.ema_decay) if spec.ema_decay else None
        self.scaler = torch.amp.GradScaler(team.device.type, enabled=spec.precision == "fp16")
        self.notes: list[str] = []
        self.step = self.saved_step = self.log_bytes = 0
        self.told = _Told()

    def run(self, batches: Batches, progress: Progress) -> None:
        """Leaves a checkpoint of the last step. When stopped, one of the step it came to."""
        self._resume()
        steps = range(self.step, self.course.num_steps)
        pinned = self.team.device.type == "cuda"
        ahead = Ahead(batches, steps, pinned=pinned)
        try:
            for _ in steps:
                self.step_once(ahead.take, progress)
        except Stopped:
            self._read_told(progress)
            self._save()
            raise
        finally:
            ahead.close()
        if self.step not in (0, self.saved_step):
            self._save()

    def step_once(self, take: Callable[[], Batch], progress: Progress) -> None:
        """A step with all that goes with it."""
        self._stop_if_asked(progress)
        self._take_step(take, progress)
        self._after_step(progress)

    def _take_step(self, take: Callable[[], Batch], progress: Progress) -> None:
        rate = self.spec.learning_rate * schedules.factor(
            self.spec.schedule, self.step, num_steps=self.course.num_steps,
            warmup_steps=self.spec.warmup_steps,
        )  # fmt: skip
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self._seed()
        total = torch.zeros((), device=self.team.device)
        is_last = False
        while not is_last:
            batch = take().to(self.team.device)
            is_last = batch.is_last
            with self.team.gathering(self.model, now=is_last):
                loss = self.compute_loss(batch)
                # Gradients are averaged over the team; the loss is a share of a sum.
                self.scaler.scale(loss * self.team.size).backward()  # type: ignore[no-untyped-call]
            total += loss.detach()
            if not is_last and self.team.size == 1:
                progress.check()  # a step that was begun leaves nothing behind
        norm = self._apply()
        self.told.steps.append(self.step + 1)
        self.told.rates.append(rate)
        self.told.losses.append(total)
        self.told.norms.append(norm)
        self.step += 1

    def compute_loss(self, batch: Batch) -> Tensor:
        """The share of this part in the mean over all pictures of the step."""
        latents, drawn, times = batch.latents_bchw, batch.noise_bchw, batch.times_b
        conditions: dict[str, Any] = {}
        if batch.pooled_bp is not None:
            conditions["added_cond_kwargs"] = {
                "text_embeds": batch.pooled_bp, "time_ids": batch.time_ids_b6,
            }  # fmt: skip
        with self._computing():
            predicted = self.model(
                self.noising.mix(latents, drawn, times), times, batch.texts_btd,
                return_dict=False, **conditions,
            )[0]  # fmt: skip
        losses_b = noise.item_losses(predicted, self.noising.target(latents, drawn, times))
        weights_b = self.noising.weigh(times, self.spec.min_snr_gamma)
        return (losses_b * weights_b).sum() * batch.weight

    def _computing(self) -> Any:
        if self.spec.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.team.device.type, dtype=find_dtype(self.spec.precision))

    def _apply(self) -> Tensor:
        self.scaler.unscale_(self.optimizer)
        longest = self.spec.max_grad_norm or float("inf")
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, longest)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        if self.average is not None:
            self.average.take_in(self.step)
        return norm.detach()

    def _seed(self) -> None:
        """What is random inside the model (dropout) depends on the step alone."""
        numbers = [self.spec.seed, _DROPOUT, self.step, self.team.rank]
        torch.manual_seed(int(np.random.SeedSequence(numbers).generate_state(1)[0]))

    def _stop_if_asked(self, progress: Progress) -> None:
        asked = False
        try:
            progress.check()
        except Stopped:
            asked = True
        if self.team.agrees(asked):
            raise Stopped

    def _after_step(self, progress: Progress) -> None:
        spec, is_last = self.spec, self.step == self.course.num_steps
        draws = spec.sample_every and (self.step % spec.sample_every == 0 or is_last)
        saves = self.step % spec.checkpoint_every == 0 or is_last
        if self.step % _READ_EVERY == 0 or draws or saves:
            self._read_told(progress)
        if draws and self.course.draw_samples is not None:
            if self.team.rank == 0:
                progress.update(
                    self.step, self.course.num_steps, unit=word("steps"),
                    message=word("Drawing samples"),
                )  # fmt: skip
                with self.average.in_place() if self.average else nullcontext():
                    self.course.draw_samples(self.unet, self.step)
            self.team.wait()
            self.told.began_at = time.perf_counter()
        if saves:
            self._save()

    def _read_told(self, progress: Progress) -> None:
        told, self.told = self.told, _Told()
        if not told.steps:
            return
        losses = self.team.add_up(torch.stack(told.losses)).tolist()
        norms = torch.stack(told.norms).tolist()
        took = time.perf_counter() - told.began_at
        lines = []
        for step, rate, loss, norm in zip(told.steps, told.rates, losses, norms, strict=True):
            if not np.isfinite(loss):
                raise LossNotFinite(step, rate)
            # In fp16 a gradient may overflow: the step is left out then, and the scale lowered.
            row = {"step": step, "loss": loss, "lr": rate}
            lines.append(json.dumps(row | ({"grad_norm": norm} if np.isfinite(norm) else {})))
        if self.team.rank == 0:
            with self.course.log.open("ab") as file:
                self.log_bytes += file.write(("\n".join(lines) + "\n").encode())
        metrics = {"loss": losses[-1], "lr": told.rates[-1], "steps_per_s": len(losses) / took}
        progress.update(
            self.step, self.course.num_steps, unit=word("steps"), message=word("Training"),
            metrics=metrics,
        )  # fmt: skip
        self.told.began_at = time.perf_counter()

    def _save(self) -> None:
        self.saved_step = self.step
        if self.team.rank == 0:
            checkpoints.save(self.course.checkpoints, self._make_checkpoint())
        self.team.wait()
        self.told.began_at = time.perf_counter()

    def _make_checkpoint(self) -> Checkpoint:
        tensors: dict[str, Mapping[str, Tensor]] = {
            WEIGHTS: dict(zip(self.names, self.parameters, strict=True)),
            OPTIMIZER: checkpoints.pack_optimizer(self.optimizer),
        }
        if self.average is not None:
            tensors[AVERAGE] = dict(zip(self.names, self.average.values, strict=True))
        facts = {
            "identity": self.course.identity,
            "conditions": self.conditions(),
            "random": checkpoints.pack_random(),
            "scaler": self.scaler.state_dict(),
            "log_bytes": self.log_bytes,
            "notes": self.notes,
        }
        return Checkpoint(self.step, facts, tensors)

    def conditions(self) -> dict[str, Any]:
        """The same under these, bit for bit, on a processor."""
        return {
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
            "device": self.team.device.type,
            "micro_batch": self.spec.micro_batch,
            "processes": self.team.size,
        }

    def _resume(self) -> None:
        path = checkpoints.find_latest(self.course.checkpoints, self.course.identity)
        if path is not None:
            self._restore(path)
        if self.team.rank == 0:
            with self.course.log.open("ab") as file:
                file.truncate(self.log_bytes)
        self.team.wait()

    @torch.no_grad()
    def _restore(self, path: Path) -> None:
        facts = checkpoints.read_facts(path)
        self._load(self.parameters, checkpoints.read_tensors(path, WEIGHTS))
        if self.average is not None:
            self._load(self.average.values, checkpoints.read_tensors(path, AVERAGE))
        checkpoints.unpack_optimizer(self.optimizer, checkpoints.read_tensors(path, OPTIMIZER))
        checkpoints.unpack_random(facts["random"])
        self.scaler.load_state_dict(facts["scaler"])
        self.step = self.saved_step = facts["step"]
        self.log_bytes = facts["log_bytes"]
        self.notes = [*facts["notes"], *self._compare(facts["conditions"])]

    def _load(self, into: list[Any], tensors: Mapping[str, Tensor]) -> None:
        for name, tensor in zip(self.names, into, strict=True):
            tensor.copy_(tensors[name])

    def _compare(self, before: Mapping[str, Any]) -> list[str]:
        now = self.conditions()
        changed = [f"{name} {before[name]} -> {now[name]}" for name in now
                   if before[name] != now[name]]  # fmt: skip
        if not changed and self.team.device.type == "cpu":
            return []
        why = f"under other conditions ({', '.join(changed)})" if changed else "on a GPU"
        note = (
            f"Not bit-exact: it was resumed at step {self.step} {why}; an uninterrupted run may "
            "end in slightly different weights."
        )
        return [note]
