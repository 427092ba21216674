"""Students of half a teacher's depth, of the real classes."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from ml.distillation import students
from ml.loading.problems import UnfitModel
from tests import tiny_encoders

CLASSES = {
    "clip": (tiny_encoders.build_clip, transformers.CLIPModel),
    "siglip": (tiny_encoders.build_siglip, transformers.SiglipModel),
    "siglip2": (tiny_encoders.build_siglip2, transformers.Siglip2Model),
}

every_family = pytest.mark.parametrize("family", sorted(CLASSES))


def load(family: str, folder: Path, **layers: int) -> Any:
    """Layers that are told apart by their weights; biases and the rest are not all zero either."""
    build, kind = CLASSES[family]
    config = kind.config_class.from_pretrained(build(folder))
    config.text_config.num_hidden_layers = layers.get("text", 4)
    config.vision_config.num_hidden_layers = layers.get("vision", 5)
    torch.manual_seed(0)
    model = kind(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    return model


@every_family
def test_every_other_layer_is_the_teachers_and_so_is_all_else(family: str, tmp_path: Path) -> None:
    teacher = load(family, tmp_path)
    student = students.make(teacher, "every-other", seed=0)

    assert type(student.model) is type(teacher)
    assert student.layers == {"text": [0, 2], "vision": [0, 2, 4]}
    for name, numbers in student.layers.items():
        own = getattr(student.model, f"{name}_model").encoder.layers
        theirs = getattr(teacher, f"{name}_model").encoder.layers
        assert len(own) == len(numbers)
        for layer, number in zip(own, numbers, strict=True):
            wanted = theirs[number].state_dict()
            assert all(torch.equal(each, wanted[key]) for key, each in layer.state_dict().items())
    others = {key: each for key, each in student.model.state_dict().items()
              if ".encoder.layers." not in key}  # fmt: skip
    assert others
    assert all(torch.equal(each, teacher.state_dict()[key]) for key, each in others.items())


@every_family
def test_student_is_its_own_and_leaves_the_teacher_as_it_was(family: str, tmp_path: Path) -> None:
    teacher = load(family, tmp_path)
    before = {name: each.clone() for name, each in teacher.state_dict().items()}
    student = students.make(teacher, "every-other", seed=0)
    with torch.no_grad():
        for parameter in student.model.parameters():
            parameter.zero_()
    assert teacher.config.text_config.num_hidden_layers == 4
    assert all(torch.equal(each, before[name]) for name, each in teacher.state_dict().items())


@every_family
def test_fresh_student_has_the_same_shape_and_weights_of_its_seed(
    family: str, tmp_path: Path
) -> None:
    teacher = load(family, tmp_path)
    taken = students.make(teacher, "every-other", seed=0).model.state_dict()
    first, same, other = (
        students.make(teacher, "fresh", seed=seed).model.state_dict() for seed in (1, 1, 2)
    )
    assert {name: each.shape for name, each in first.items()} == {
        name: each.shape for name, each in taken.items()
    }
    weights = "text_model.encoder.layers.0.mlp.fc1.weight"
    assert torch.equal(first[weights], same[weights])
    assert not torch.equal(first[weights], other[weights])
    assert not torch.equal(first[weights], taken[weights])


def test_making_a_student_leaves_the_random_numbers_of_others_alone(tmp_path: Path) -> None:
    teacher = load("clip", tmp_path)
    torch.manual_seed(5)
    wanted = torch.rand(1)
    torch.manual_seed(5)
    students.make(teacher, "fresh", seed=1)
    assert torch.equal(torch.rand(1), wanted)


@every_family
def test_student_can_be_written_and_read_again(family: str, tmp_path: Path) -> None:
    student = students.make(load(family, tmp_path / "teacher"), "every-other", seed=0).model
    student.save_pretrained(tmp_path / "student")
    again = CLASSES[family][1].from_pretrained(tmp_path / "student")
    found = again.state_dict()
    assert all(torch.equal(each, found[name]) for name, each in student.state_dict().items())


def test_student_of_a_teacher_in_half_precision_is_trained_in_full(tmp_path: Path) -> None:
    student = students.make(load("clip", tmp_path).half(), "every-other", seed=0)
    assert {each.dtype for each in student.model.parameters()} == {torch.float32}


def test_size_of_both_is_told(tmp_path: Path) -> None:
    teacher = load("siglip2", tmp_path)
    told = students.make(teacher, "fresh", seed=0).describe(teacher)
    assert told["start"] == "fresh"
    assert told["num_parameters"] < told["num_parameters_teacher"]
    assert told["num_parameters_teacher"] == sum(each.numel() for each in teacher.parameters())


def test_teacher_with_one_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitModel, match="text encoder has 1 layer; a student of half the depth"):
        students.make(load("clip", tmp_path, text=1), "every-other", seed=0)
