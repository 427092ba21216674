"""The training itself: steps, what is told of them, and where it can go on.

Knows nothing of data sets, captions and folders of models; it reads batches and leaves checkpoints.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar, Generic

import numpy as np
import torch
from torch import Tensor

from ml.devices import find_dtype
from ml.progress import Progress, Stopped, word
from ml.training import checkpoints, log, schedules
from ml.training.averages import Average
from ml.training.checkpoints import Checkpoint
from ml.training.course import Course, Look
from ml.training.data.ahead import Ahead, Batches, P
from ml.training.log import Log
from ml.training.problems import LossNotFinite
from ml.training.team import Team
from ml.training.trainable import Trainable

_READ_EVERY = 10  # steps: reading a loss makes the processor wait for the GPU
_DROPOUT = 5  # keeps random numbers of this purpose apart
WEIGHTS, AVERAGE, OPTIMIZER, KEPT = "weights", "average", "optimizer", "kept"


class Steps(ABC, Generic[P]):
    """A subclass says what the loss is."""

    has_idle_weights: ClassVar[bool] = False  # which some parts of a batch do not go through

    def __init__(self, course: Course, trainable: Trainable, team: Team) -> None:
        settings = course.settings
        self.course, self.settings, self.team = course, settings, team
        self.bare = trainable.model
        self.model = team.wrap(trainable.model, has_idle=self.has_idle_weights)
        self.names, self.parameters = trainable.names, list(trainable.parameters)
        self.optimizer = torch.optim.AdamW(
            self.parameters,
            lr=settings.learning_rate,
            betas=(settings.adam_beta1, settings.adam_beta2),
            eps=settings.adam_epsilon,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        # Without decay there is nothing to average.
        self.average = Average(self.parameters, settings.ema_decay) if settings.ema_decay else None
        self.scaler = torch.amp.GradScaler(team.device.type, enabled=settings.precision == "fp16")
        self.notes: list[str] = []
        self.step = self.saved_step = 0
        self.log = Log(course.state_dir / log.FILE, team)

    @abstractmethod
    def compute_loss(self, batch: P) -> Tensor:
        """The share of this part in the loss of the whole step."""

    def run(self, batches: Batches[P], progress: Progress) -> None:
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
            if self.step != self.saved_step:
                self._save()
            raise
        finally:
            ahead.close()
        if self.step not in (0, self.saved_step):
            self._save()

    def step_once(self, take: Callable[[], P], progress: Progress) -> None:
        """A step with all that goes with it."""
        self._stop_if_asked(progress)
        self._take_step(take, progress)
        self._after_step(progress)

    def _take_step(self, take: Callable[[], P], progress: Progress) -> None:
        settings = self.settings
        place, num_steps = self.course.find_place(self.step)
        rate = settings.learning_rate * schedules.factor(
            settings.schedule, place, num_steps=num_steps, warmup_steps=settings.warmup_steps
        )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self._seed()
        total = torch.zeros((), device=self.team.device)
        is_last = False
        while not is_last:
            batch = take().to(self.team.device)
            is_last = batch.is_last
            with self.team.gathering(self.model, now=is_last):
                total += self.go_back(batch, progress)
            if not is_last and self.team.size == 1:
                progress.check()  # a step that was begun leaves nothing behind
        norm = self._apply()
        self.log.note(self.step + 1, rate, total, norm)
        self.step += 1

    def go_back(self, batch: P, progress: Progress) -> Tensor:  # noqa: ARG002 - of subclasses
        """Adds this part's gradients, and gives its share in the loss."""
        loss = self.compute_loss(batch)
        # Gradients are averaged over the team; the loss is a share of a sum.
        self.scaler.scale(loss * self.team.size).backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def keep_bounds(self) -> None:
        """After each change of the weights. Most have no bounds."""

    def pack_kept(self) -> dict[str, Tensor]:
        """What a subclass keeps from step to step besides weights. Most keep nothing."""
        return {}

    def unpack_kept(self, tensors: Mapping[str, Tensor]) -> None:
        assert not tensors, "Who packed nothing is given nothing."

    def computing(self) -> Any:
        """The context in which the model computes."""
        if self.settings.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.team.device.type, dtype=find_dtype(self.settings.precision))

    def _apply(self) -> Tensor:
        self.scaler.unscale_(self.optimizer)
        longest = self.settings.max_grad_norm or float("inf")
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, longest)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.keep_bounds()
        self.optimizer.zero_grad(set_to_none=True)
        if self.average is not None:
            self.average.take_in(self.step)
        return norm.detach()

    def _seed(self) -> None:
        """What is random inside the model (dropout) depends on the step alone."""
        numbers = [self.settings.seed, _DROPOUT, self.step, self.team.rank]
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
        look, is_last = self.course.look, self.step == self.course.num_steps
        looks = look is not None and look.every and (self.step % look.every == 0 or is_last)
        saves = self.step % self.settings.checkpoint_every == 0 or is_last
        if self.step % _READ_EVERY == 0 or looks or saves:
            self._read_told(progress)
        if look is not None and looks:
            self._look(look, progress)
        if saves:
            self._save()

    def _look(self, look: Look, progress: Progress) -> None:
        if self.team.rank == 0:
            self._report(progress, look.saying)
            with self.average.in_place() if self.average else nullcontext():
                seen = look.at(self.bare, self.step)
            if seen:
                self._check_finite(seen)
                self.log.write([{"step": self.step, **seen}])
                self._report(progress, look.saying, seen)
        self.team.wait()
        self.log.begin()

    def _check_finite(self, seen: Mapping[str, float]) -> None:
        if not all(np.isfinite(value) for value in seen.values()):
            raise LossNotFinite(self.step, self.optimizer.param_groups[0]["lr"])

    def _read_told(self, progress: Progress) -> None:
        metrics = self.log.read_told()
        if metrics:
            self._report(progress, word("Training"), metrics)

    def _report(
        self, progress: Progress, message: str, metrics: Mapping[str, float] | None = None
    ) -> None:
        progress.update(
            self.step, self.course.num_steps, unit=word("steps"), message=message, metrics=metrics
        )

    def _save(self) -> None:
        self.saved_step = self.step
        if self.team.rank == 0:
            checkpoints.save(self.course.checkpoints, self._make_checkpoint())
        self.team.wait()
        self.log.begin()

    def _make_checkpoint(self) -> Checkpoint:
        tensors: dict[str, Mapping[str, Tensor]] = {
            WEIGHTS: dict(zip(self.names, self.parameters, strict=True)),
            OPTIMIZER: checkpoints.pack_optimizer(self.optimizer),
        }
        if self.average is not None:
            tensors[AVERAGE] = dict(zip(self.names, self.average.values, strict=True))
        kept = self.pack_kept()
        if kept:
            tensors[KEPT] = kept
        facts = {
            "identity": self.course.identity,
            "conditions": self.conditions(),
            "random": checkpoints.pack_random(),
            "scaler": self.scaler.state_dict(),
            "log_bytes": self.log.num_bytes,
            "notes": self.notes,
            "keeps": bool(kept),
        }
        return Checkpoint(self.step, facts, tensors)

    def conditions(self) -> dict[str, Any]:
        """The same under these, bit for bit, on a processor."""
        return {
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
            "device": self.team.device.type,
            "micro_batch": self.settings.micro_batch,
            "processes": self.team.size,
        }

    def _resume(self) -> None:
        path = checkpoints.find_latest(self.course.checkpoints, self.course.identity)
        if path is not None:
            self._restore(path)
        self.log.cut()
        self.team.wait()

    @torch.no_grad()
    def _restore(self, path: Path) -> None:
        facts = checkpoints.read_facts(path)
        self._load(self.parameters, checkpoints.read_tensors(path, WEIGHTS))
        if self.average is not None:
            self._load(self.average.values, checkpoints.read_tensors(path, AVERAGE))
        checkpoints.unpack_optimizer(self.optimizer, checkpoints.read_tensors(path, OPTIMIZER))
        if facts.get("keeps"):
            self.unpack_kept(checkpoints.read_tensors(path, KEPT))
        checkpoints.unpack_random(facts["random"])
        self.scaler.load_state_dict(facts["scaler"])
        self.step = self.saved_step = facts["step"]
        self.log.num_bytes = facts["log_bytes"]
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
