import random
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL
from PIL import Image
from safetensors.torch import save_file

from ml.benchmarks.judges import attributes
from ml.benchmarks.judging import Setting
from sandbox.models import failures, judge
from sandbox.models.judge import HEADS, JudgeSizes
from sandbox.world import questions
from sandbox.world.scene import Scene, draw, list_scenes, sample
from specs.judges.attributes import AttributesJudge

SIZES = JudgeSizes(
    pictures=256, decoded=24, garbage=32, steps=60, batch=32, channels=(8, 16, 16), width=32
)


Trained = tuple[attributes.Config, attributes.Network, list[float]]


@pytest.fixture(scope="module")
def trained(autoencoder: AutoencoderKL) -> Trained:
    return judge.train_judge(autoencoder, SIZES, seed=1)


def test_training_lowers_the_loss(trained: Trained) -> None:
    _, _, losses = trained

    assert sum(losses[-10:]) < 0.85 * sum(losses[:10])


def test_training_repeats_bit_for_bit(trained: Trained, autoencoder: AutoencoderKL) -> None:
    _, network, losses = trained
    _, again, repeated = judge.train_judge(autoencoder, SIZES, seed=1)

    assert losses == repeated
    for name, weight in network.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name


def test_it_understands_every_question_of_the_world() -> None:
    config = judge.make_config(SIZES)
    for scene in list_scenes():
        right = questions.label(scene)
        for row in questions.questions(scene):
            head, wanted = config.look_up(row.question_natural_language)
            assert right[head] == wanted, row.question_natural_language


@pytest.mark.parametrize(
    "question",
    [
        "Is there a dragon?",
        "Is the circle happy?",
        "How many circles are there?",
        "Is there a circle",
        "Is the background red?",
        "",
        "Is there a " + "very " * 400 + "circle?",
    ],
)
def test_it_refuses_questions_it_does_not_know(question: str) -> None:
    assert judge.make_config(SIZES).look_up(question) is None


def test_case_and_blanks_of_a_question_do_not_matter() -> None:
    config = judge.make_config(SIZES)

    assert config.look_up("  IS there  a CIRCLE? ") == ("concept", "circle")


def test_every_class_of_the_world_has_a_place_in_its_head() -> None:
    for scene in list_scenes():
        for column, (head, classes) in zip(judge.classify(scene), HEADS.items(), strict=True):
            assert classes[column] == questions.label(scene)[head]


def test_what_is_broken_is_no_thing(autoencoder: AutoencoderKL) -> None:
    broken = judge.make_garbage(autoencoder, 20, seed=1)

    assert set(broken.classes[:, 0].tolist()) == {len(HEADS["concept"]) - 1}
    assert broken.pixels.shape == (20, 3, 64, 64)
    noise = broken.classes[3]
    assert noise.tolist() == [len(classes) - 1 for classes in HEADS.values()]


def test_a_cut_up_picture_keeps_its_pixels(autoencoder: AutoencoderKL) -> None:
    pixels = torch.randint(0, 255, (2, 3, 64, 64), dtype=torch.uint8)
    material = failures.Material(autoencoder, pixels, pixels, torch.Generator().manual_seed(0))
    mixed = failures.cut_up(material)

    assert torch.equal(mixed.flatten(1).sort().values, pixels.flatten(1).sort().values)
    assert not torch.equal(mixed, pixels)


def test_disturbing_keeps_pictures_in_their_range() -> None:
    pictures = torch.rand(8, 3, 64, 64) * 2 - 1
    seen = judge.disturb(pictures, torch.Generator().manual_seed(0))

    assert seen.shape == pictures.shape
    assert float(seen.min()) >= -1
    assert float(seen.max()) <= 1
    assert not torch.equal(seen, pictures)


def test_accuracy_is_counted_where_there_is_a_right_answer() -> None:
    class Certain(torch.nn.Module):
        def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
            return {
                head: torch.nn.functional.one_hot(
                    torch.zeros(len(pictures), dtype=torch.long), len(classes)
                )
                for head, classes in HEADS.items()
            }

    scenes = [Scene(concept=concept, colour="red") for concept in ("circle", "square")]
    lessons = judge.Labelled(
        torch.zeros(2, 3, 64, 64, dtype=torch.uint8),
        torch.tensor([judge.classify(scene) for scene in scenes]),
    )
    lessons.classes[1, 1] = -100

    shares = judge.measure(Certain(), lessons)
    assert shares["concept"] == 0.5
    assert shares["colour"] == 1.0


def test_a_judge_of_few_pictures_learns_them_by_heart(
    autoencoder: AutoencoderKL, tmp_path: Path
) -> None:
    """Colour and background of drawings, read back from the folder that it is shipped in."""
    sizes = JudgeSizes(
        pictures=64, decoded=0, garbage=0, steps=80, batch=32, channels=(16, 16, 32), width=32
    )
    config, network, _ = judge.train_judge(autoencoder, sizes, seed=2)
    attributes.write_config(config, tmp_path)
    save_file(network.half().state_dict(), tmp_path / attributes.WEIGHTS)
    seeing = attributes.load(AttributesJudge(), tmp_path, Setting())

    rng = random.Random(2)
    scenes = [sample(rng) for _ in range(64)]
    found = [seeing.describe(draw(scene, 2 + number)) for number, scene in enumerate(scenes)]
    right = sum(
        seen["background"] == scene.background for seen, scene in zip(found, scenes, strict=True)
    )
    assert right >= 60


def test_a_picture_of_another_size_is_shrunk(trained: Trained) -> None:
    config, network, _ = trained
    seeing = attributes.AttributesJudge(config, network, digest="x", setting=Setting())
    picture = draw(Scene(concept="circle", colour="red"), 1)
    large = picture.resize((256, 256), Image.Resampling.NEAREST)

    assert set(seeing.describe(large)) == set(HEADS)
