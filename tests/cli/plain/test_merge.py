"""`ggez merge`, as people and programs call it."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from safetensors.torch import load_file, save_file

from cli.main import ggez
from tests import tiny_speakers


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 'world' and 'batik', in which the command is called."""
    for name, value in (("world", 0.0), ("batik", 1.0)):
        (tmp_path / name).mkdir()
        save_file({"mid_block.a": torch.full((3,), value)}, tmp_path / name / "unet.safetensors")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(ggez, ["merge", *words])


TWO = ("--base", "world", "--tuned", "batik", "--out", "merged")


def test_each_beta_becomes_a_folder_of_its_own(models: Path) -> None:
    done = call(*TWO, "--beta", "0", "--beta", "0.25", "--beta", "1", "--json")
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert [each["folder"] for each in result["variants"]] == ["beta-0", "beta-0.25", "beta-1"]
    assert sorted(path.name for path in (models / "merged").iterdir()) == [
        "beta-0",
        "beta-0.25",
        "beta-1",
    ]
    for beta in ("0", "0.25", "1"):
        tensors = load_file(models / "merged" / f"beta-{beta}" / "unet.safetensors")
        assert tensors["mid_block.a"].tolist() == [float(beta)] * 3
    assert result["base"]["name"] == "world"


def test_people_read_a_table(models: Path) -> None:
    done = call(*TWO, "--beta", "0.5")
    assert done.stdout.splitlines()[1].split() == ["0.5", "0.866", "merged/beta-0.5"]


def test_a_configuration_of_mergekit_is_read_and_echoed(models: Path) -> None:
    (models / "config.yml").write_text(
        "merge_method: linear\nmodels:\n"
        "- {model: world, parameters: {weight: 0.9}}\n"
        "- {model: batik, parameters: {weight: 0.1}}\n"
    )
    done = call("--mergekit", "config.yml", "--out", "merged")
    assert done.exit_code == 0, done.output
    assert "linear with beta 0.1: beta is the share of 'batik' in 'world'" in done.stderr
    assert (models / "merged" / "beta-0.1").is_dir()
    done = call("--mergekit", "config.yml", "--beta", "0.5", "--out", "again")
    assert [path.name for path in (models / "again").iterdir()] == ["beta-0.5"]


def test_what_is_exported_makes_the_same_merge_again(models: Path) -> None:
    done = call(*TWO, "--beta", "0.25", "--export-mergekit", "--method", "per-block",
                "--block", "mid=0.75")  # fmt: skip
    assert done.exit_code == 0, done.output
    made = models / "merged" / "beta-0.25"
    done = call("--mergekit", str(made / "mergekit.yml"), "--out", "again")
    assert done.exit_code == 0, done.output
    assert (models / "again" / "beta-0.25" / "unet.safetensors").read_bytes() == (
        made / "unet.safetensors"
    ).read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--tuned", "batik", "--out", "x"), 2, "Missing option '--base'."),
        (("--base", "", "--tuned", "batik", "--out", "x"), 2, "Missing option '--base'."),
        (("--base", "nowhere", "--tuned", "batik", "--out", "x"), 1, "no file or folder 'nowhere'"),
        (
            (*TWO, "--beta", "2"),
            2,
            "fit: input: The method 'linear' takes betas from 0 to 1, not 2; 'task-arithmetic' tak",
        ),
        ((*TWO, "--beta", "0.5", "--beta", "0.50"), 2, "would both be called 'beta-0.5'"),
        ((*TWO, "--block", "mid=1"), 2, "takes no blocks"),
        ((*TWO, "--method", "slerp"), 2, "'slerp' is not one of"),
        ((*TWO, "--method", "lora-scale"), 2, "is a whole model, not a LoRA adapter"),
        ((*TWO, "--method", "lora-scale", "--export-mergekit"), 2, "mergekit has no words"),
        (("--base", "world", "--tuned", "batik", "--out", "world"), 1, "holds something"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_left(
    models: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    before = sorted(path.name for path in models.iterdir() if path.name != "cache")
    done = call(*words)
    assert done.exit_code == code
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in models.iterdir() if path.name != "cache") == before


def test_mergekit_gets_no_model_of_which_an_adapter_is_part(models: Path) -> None:
    tiny_speakers.build_phi4(models / "seeing")
    done = call("--base", "seeing", "--tuned", "batik", "--out", "merged", "--export-mergekit")
    assert done.exit_code == 2, done.output
    assert "mergekit has no words for 'vision-lora', an adapter that is part of" in done.stderr
    assert not (models / "merged").exists()
