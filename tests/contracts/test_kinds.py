"""specs = tasks = functions in ml: a kind that lacks one of them could be launched and not run."""

import importlib
import inspect

import pytest

from specs import registry
from workers import kinds
from workers.kinds import Task

COMPUTE_ARGUMENTS = {"spec", "out_dir", "state_dir", "progress"}


def list_own() -> list[Task]:
    kinds.load(())
    return [task for task in kinds.list_tasks() if not task.spec.kind.startswith("test.")]


def test_every_kind_has_a_task_and_every_task_a_kind() -> None:
    specs = {spec.kind for spec in registry.list_specs() if not spec.kind.startswith("test.")}
    assert {task.spec.kind for task in list_own()} == specs


@pytest.mark.parametrize("task", list_own(), ids=lambda task: task.spec.kind)
def test_every_task_computes_with_a_function_of_ml(task: Task) -> None:
    module, _, name = task.compute.partition(":")
    assert module.startswith("ml.")
    signature = inspect.signature(getattr(importlib.import_module(module), name))
    assert set(signature.parameters) >= COMPUTE_ARGUMENTS


@pytest.mark.parametrize("task", list_own(), ids=lambda task: task.spec.kind)
def test_a_task_module_is_named_after_its_kind(task: Task) -> None:
    module = importlib.import_module(f"workers.tasks.{task.spec.kind.replace('.', '_')}")
    assert module.TASK is task
