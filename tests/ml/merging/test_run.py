"""What comes out of a merge: values, files, and what is written down about them."""

import errno
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.merging import streaming
from ml.merging.run import merge
from ml.progress import Silent, Stopped
from specs.kinds.model.model_merge import ModelMerge
from tests.full_disk import files_up_to

from .conftest import Merge, Tensors, Write, read, read_bytes, write_shards

BETAS = (0.0, 0.25, 0.3, 1.0)


def make(seed: int, dtype: torch.dtype = torch.float16) -> dict[str, torch.Tensor]:
    """Some larger than a piece, some small, one that holds no fractions."""
    generator = torch.Generator().manual_seed(seed)
    shapes = {
        "conv_in.weight": (16, 4, 3, 3),
        "conv_in.bias": (16,),
        "down_blocks.0.big": (1200, 1024),
        "mid_block.proj.weight": (64, 64),
        "up_blocks.1.proj.weight": (64, 64),
    }
    made = {
        name: torch.randn(shape, generator=generator).to(dtype) for name, shape in shapes.items()
    }
    return {**made, "position_ids": torch.arange(77)}


@pytest.fixture
def two(write: Write) -> tuple[Path, Path]:
    return write("base", make(0)), write("tuned", make(1))


def expect(name: str, beta: float, dtype: torch.dtype = torch.float16) -> torch.Tensor:
    a, b = make(0, dtype)[name], make(1, dtype)[name]
    return (a.double() + beta * (b.double() - a.double())).to(dtype)


def list_names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_both_ends_are_the_very_bytes_of_their_models(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    run(*two, betas=BETAS)
    for beta, model in zip((0, 1), two, strict=True):
        file = out / f"beta-{beta}" / "weights.safetensors"
        assert file.read_bytes() == (model / "weights.safetensors").read_bytes()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_value_is_mixed_and_stays_in_its_number_format(
    run: Merge, write: Write, out: Path, dtype: torch.dtype
) -> None:
    run(write("base", make(0, dtype)), write("tuned", make(1, dtype)), betas=[0.25, 0.3])
    for beta in (0.25, 0.3):
        merged = read(out / f"beta-{beta}")
        assert torch.equal(merged.pop("position_ids"), torch.arange(77))
        for name, values in merged.items():
            assert values.dtype == dtype
            one_unit = torch.finfo(dtype).eps
            torch.testing.assert_close(values, expect(name, beta, dtype), rtol=one_unit, atol=1e-15)


def test_several_betas_in_one_pass_are_those_of_single_merges(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    run(*two, betas=BETAS)
    together = {beta: (out / f"beta-{beta:g}/weights.safetensors").read_bytes() for beta in BETAS}
    for beta in BETAS:
        for folder in out.iterdir():
            folder.rename(out.parent / f"before-{beta}-{folder.name}")
        run(*two, betas=[beta])
        assert (out / f"beta-{beta:g}/weights.safetensors").read_bytes() == together[beta]


def test_tensors_are_found_by_name_however_the_files_are_cut(
    run: Merge, write: Write, out: Path, tmp_path: Path
) -> None:
    base, tuned = make(0), make(1)
    names = sorted(base)
    run(write("a", base), write("b", tuned), betas=[0.3])
    whole = read(out / "beta-0.3")
    (out / "beta-0.3").rename(tmp_path / "whole")

    def cut(model: Tensors, at: int) -> list[Tensors]:
        return [{n: model[n] for n in part} for part in (names[:at], names[at:])]

    run(
        write_shards(tmp_path / "base-shards", "model", cut(base, 2)),
        write_shards(tmp_path / "tuned-shards", "model", cut(tuned, 4)),
        betas=[0.3],
    )
    first, second = (
        read(out / "beta-0.3", f"model-0000{number}-of-00002.safetensors") for number in (1, 2)
    )
    assert sorted(first) == names[:2]
    assert sorted(second) == names[2:]
    for name, values in (first | second).items():
        assert read_bytes(values) == read_bytes(whole[name])
    assert (out / "beta-0.3" / "model.safetensors.index.json").read_bytes() == (
        tmp_path / "base-shards" / "model.safetensors.index.json"
    ).read_bytes()


def test_single_files_are_merged_into_a_file_of_the_same_name(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    base, tuned = (folder / "weights.safetensors" for folder in two)
    run(base, tuned, betas=[0.5])
    assert list_names(out / "beta-0.5") == ["README.md", "merge.json", "weights.safetensors"]


def test_what_is_written_down_can_be_checked_by_anyone(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    result = run(*two, betas=[0.25], base="World", tuned="Batik")
    facts = json.loads((out / "beta-0.25" / "merge.json").read_text())
    base = (two[0] / "weights.safetensors").read_bytes()
    assert facts["base"]["files"] == [
        {
            "name": "weights.safetensors",
            "size_bytes": len(base),
            "sha256": hashlib.sha256(base).hexdigest(),
        }
    ]
    assert facts["method"] == {"method": "linear"}
    assert (facts["beta"], facts["dtypes"]) == (0.25, ["F16", "I64"])
    (variant,) = result["variants"]
    assert variant["folder"] == "beta-0.25"
    assert variant["digest"] == facts["digest"]
    assert variant["size_bytes"] == sum(
        path.stat().st_size for path in (out / "beta-0.25").iterdir()
    )
    card = (out / "beta-0.25" / "README.md").read_text()
    assert "# Batik, beta 0.25" in card
    assert hashlib.sha256(base).hexdigest() in card


def test_the_difference_is_told_by_block(run: Merge, two: tuple[Path, Path]) -> None:
    half, whole = (each["difference"] for each in run(*two, betas=[0.5, 1])["variants"])
    changed = {
        name: (make(1)[name].double() - make(0)[name].double())
        for name in make(0) if name != "position_ids"
    }  # fmt: skip
    assert set(whole["blocks"]) == {"conv_in", "down_blocks.0", "mid_block", "up_blocks.1"}
    conv = torch.cat([changed["conv_in.weight"].flatten(), changed["conv_in.bias"]])
    assert whole["blocks"]["conv_in"]["norm"] == pytest.approx(float(conv.norm()), rel=1e-5)
    assert whole["blocks"]["conv_in"]["rms"] == pytest.approx(
        float(conv.square().mean().sqrt()), rel=1e-5
    )
    everything = torch.cat([each.flatten() for each in changed.values()])
    assert whole["norm"] == pytest.approx(float(everything.norm()), rel=1e-5)
    assert half["norm"] == pytest.approx(whole["norm"] / 2, rel=1e-12)


def test_equal_inputs_and_settings_have_equal_digests(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    first = run(*two, betas=[0.25, 0.5])["variants"]
    for folder in list(out.iterdir()):
        folder.rename(out.parent / f"old-{folder.name}")
    second = run(*two, betas=[0.5])["variants"]
    assert second[0]["digest"] == first[1]["digest"] != first[0]["digest"]


def test_files_have_the_mode_that_the_umask_gives(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    before = os.umask(0o027)
    try:
        run(*two, betas=[0.5])
    finally:
        os.umask(before)
    for path in (out / "beta-0.5").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o640, path.name


def test_a_merge_is_never_written_over_another(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    run(*two, betas=[0.5])
    before = (out / "beta-0.5" / "merge.json").read_bytes()
    with pytest.raises(ValueError, match=r"beta-0\.5' is there already"):
        run(*two, betas=[0.25, 0.5])
    assert [path.name for path in out.iterdir()] == ["beta-0.5"]
    assert (out / "beta-0.5" / "merge.json").read_bytes() == before


def test_a_disk_that_is_too_full_leaves_nothing(
    run: Merge, two: tuple[Path, Path], out: Path
) -> None:
    with files_up_to(2**20), pytest.raises(OSError, match="File too large"):
        run(*two, betas=[0.25, 0.5])
    assert list(out.iterdir()) == []


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing(
    run: Merge, two: tuple[Path, Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file system promises room that it does not have."""
    written = []
    real = os.pwrite

    def write_some(descriptor: int, data: Any, position: int) -> int:
        written.append(position)
        if len(written) > 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data, position)

    monkeypatch.setattr("ml.merging.reading.os.pwrite", write_some)
    with pytest.raises(OSError, match="No space left"):
        run(*two, betas=[0.25, 0.5])
    assert list(out.iterdir()) == []


def test_too_little_room_is_said_before_anything_is_written(
    run: Merge, two: tuple[Path, Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: _Usage(1_000_000))
    with pytest.raises(OSError, match=r"the merges need 0\.0 GB, and 0\.0 GB are free") as raised:
        run(*two, betas=[0.5])
    assert raised.value.errno == errno.ENOSPC
    assert list(out.iterdir()) == []


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


class Impatient(Silent):
    def __init__(self, patience: int) -> None:
        self.patience = patience

    def check(self) -> None:
        self.patience -= 1
        if self.patience < 0:
            raise Stopped


@pytest.mark.parametrize("patience", [0, 1, 2])
def test_a_merge_that_is_stopped_leaves_nothing(
    two: tuple[Path, Path], out: Path, tmp_path: Path, patience: int
) -> None:
    with pytest.raises(Stopped):
        merge(
            ModelMerge(betas=(0.5,)),
            base=two[0],
            tuned=two[1],
            out_dir=out,
            state_dir=tmp_path / "state",
            progress=Impatient(patience),
        )
    assert not out.exists() or list(out.iterdir()) == []


def test_progress_ends_at_the_size_of_the_weights(
    two: tuple[Path, Path], out: Path, tmp_path: Path
) -> None:
    told: list[tuple[float, float | None]] = []

    class Listening(Silent):
        def update(self, done: float, total: float | None = None, **words: object) -> None:  # type: ignore[override]
            told.append((done, total))

    merge(
        ModelMerge(betas=(0.5,)),
        base=two[0],
        tuned=two[1],
        out_dir=out,
        state_dir=tmp_path / "state",
        progress=Listening(),
    )
    size = sum(each.numel() * each.element_size() for each in make(0).values()) / 1e6
    assert told[-1] == (pytest.approx(size), pytest.approx(size))


def test_digests_are_remembered_until_a_file_changes(
    run: Merge, two: tuple[Path, Path], out: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in two:
        os.utime(folder / "weights.safetensors", (1_000_000_000, 1_000_000_000))
    first = run(*two, betas=[0.5])
    remembered = json.loads(cache.read_text())
    assert set(remembered) == {str((each / "weights.safetensors").resolve()) for each in two}
    (out / "beta-0.5").rename(out / "old")
    monkeypatch.setattr("ml.merging.fingerprints._PIECE_BYTES", 0)  # reading would find nothing
    assert run(*two, betas=[0.5])["base"] == first["base"]
    monkeypatch.undo()
    (out / "beta-0.5").rename(out / "older")
    os.utime(two[0] / "weights.safetensors", (1_000_000_001, 1_000_000_001))
    cache.write_text(cache.read_text().replace(first["base"]["files"][0]["sha256"], "0" * 64))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent.parent))
    assert run(*two, betas=[0.5])["base"] == first["base"]


def test_a_file_of_just_now_is_not_remembered(
    run: Merge, two: tuple[Path, Path], cache: Path
) -> None:
    """It could be changed again within the same tick of the file system's clock."""
    run(*two, betas=[0.5])
    assert not cache.exists()


def test_a_model_that_changes_while_it_is_read_is_refused(
    run: Merge, two: tuple[Path, Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = streaming.stream

    def change(*given: Any) -> Any:
        os.utime(two[1] / "weights.safetensors", (1, 1))
        return real(*given)

    monkeypatch.setattr(streaming, "stream", change)
    with pytest.raises(ValueError, match="was changed while it was being read"):
        run(*two, betas=[0.5])
    assert list(out.iterdir()) == []
