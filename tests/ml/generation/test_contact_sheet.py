"""Prompts by variants, on one picture that is good to look at."""

from pathlib import Path

import pytest
from PIL import Image

from ml.generation import contact_sheet, plan, report
from ml.generation.contact_sheet import Sheet, SheetRow
from ml.loading.prompts import Prompt

RED, BLUE = (200, 30, 30), (30, 30, 200)


def paint(path: Path, colour: tuple[int, int, int], side: int) -> Path:
    Image.new("RGB", (side, side), colour).save(path)
    return path


@pytest.mark.parametrize(("side", "shown"), [(32, 224), (64, 192), (224, 224), (512, 224)])
def test_pictures_stand_in_their_cells_at_a_size_to_look_at(
    tmp_path: Path, side: int, shown: int
) -> None:
    """Tiny ones grow by whole factors, large ones shrink."""
    red, blue = (paint(tmp_path / f"{n}.png", c, side) for n, c in enumerate((RED, BLUE)))
    rows = (SheetRow("one", "", (red, blue)), SheetRow("two", "", (blue, None)))
    sheet = contact_sheet.draw(Sheet("Title", ("a", "b"), rows))
    left, top, step = 36 + 250, 36 + 2 * 46, shown + 10
    assert sheet.size == (left + 2 * step - 10 + 36, top + 2 * step - 10 + 36)
    for column, row, colour in ((0, 0, RED), (1, 0, BLUE), (0, 1, BLUE)):
        corner = (left + column * step, top + row * step)
        assert sheet.getpixel(corner) == colour
        assert sheet.getpixel((corner[0] + shown - 1, corner[1] + shown - 1)) == colour
        assert sheet.getpixel((corner[0] + shown, corner[1])) == (255, 255, 255)
    assert sheet.getpixel((left + step + 20, top + step + 20)) == (255, 255, 255)


def test_long_prompt_is_wrapped_and_never_runs_into_a_picture(tmp_path: Path) -> None:
    red = paint(tmp_path / "red.png", RED, 64)
    rows = (SheetRow("word " * 200, "note " * 30, (red,)), SheetRow("x" * 300, "", (red,)))
    sheet = contact_sheet.draw(Sheet("Title", ("a",), rows))
    label = sheet.crop((36, 128, 36 + 250, 128 + 192))
    assert min(label.convert("L").getextrema()) < 60  # there is ink
    assert sheet.crop((36 + 241, 128, 36 + 250, sheet.height)).getcolors() == [
        (9 * (sheet.height - 128), (255, 255, 255))
    ]
    between = sheet.crop((0, 128 + 192, 36 + 250, 128 + 192 + 10))
    assert between.convert("L").getextrema() == (255, 255)


def make_plan(betas: tuple[float, ...]) -> plan.Plan:
    prompts = [Prompt(key=f"k{n}", text=f"text {n}", scope="global") for n in range(3)]
    return plan.make(prompts, seeds=(4, 9), betas=betas, batch_size=2)


def test_sheet_of_a_sweep_has_a_column_per_beta_with_the_first_seed() -> None:
    sheet = report.lay_out_sheet(make_plan((0.0, 0.25, 1.0)), 2, Path("images"))
    assert sheet.title == "Share of regional weights, seed 4"
    assert sheet.columns == ("beta 0: base", "beta 0.25", "beta 1: tuned")
    assert [row.label for row in sheet.rows] == ["text 0", "text 1"]
    assert sheet.rows[1].note == "global, k1"
    assert sheet.rows[1].pictures == tuple(
        Path(f"images/beta-{beta}/2-k1-4.png") for beta in ("0", "0.25", "1")
    )


def test_sheet_of_one_model_has_a_column_per_seed() -> None:
    sheet = report.lay_out_sheet(make_plan(()), 1, Path("images"))
    assert sheet.columns == ("seed 4", "seed 9")
    assert sheet.rows[0].pictures == (
        Path("images/model/0-k0-4.png"), Path("images/model/1-k0-9.png"),
    )  # fmt: skip
