import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from reports.files import study
from reports.files.study import ReportFileWrong
from tests.evidence import make_report


def test_a_report_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    path.write_bytes(study.write(make_report()))

    again = study.read(path)

    assert study.write(again) == path.read_bytes()
    assert dataclasses.asdict(again) == dataclasses.asdict(make_report())
    assert again.history == make_report().history
    assert again.design == make_report().design


def test_the_same_report_gives_the_same_bytes() -> None:
    assert study.write(make_report()) == study.write(make_report())


def test_study_content_stays_readable_in_every_script() -> None:
    text = study.write(make_report()).decode()

    assert "អាហារពេលព្រឹក" in text
    assert "မနက်စာ" in text


def change(**facts: Any) -> bytes:
    return json.dumps(json.loads(study.write(make_report())) | facts).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe{}", "'x.json' is not UTF-8."),
        (b"{\n,}", "'x.json', line 2: this is no JSON."),
        (b"[1]", "'x.json' is JSON, but no report: it is not an object."),
        (b"{}", "'x.json' is JSON, but no report: it has no 'shape'."),
        (change(shape=7), "'x.json' is a report of shape 7; this version reads shape 1."),
        (change(mood="good"), "'x.json' says 'mood', which no report has."),
        (change(made_on="soon"), "'x.json' was made on 'soon', which is no date like 2026-05-31."),
        (change(agreement={"a": float("nan")}), "'x.json' holds NaN, which is no number."),
        (b'{"shape": 1e999}', "'x.json' holds inf, which is no number."),
        (b"[" * 100_000, "'x.json' is nested too deeply to be a report."),
    ],
)
def test_what_is_no_report_is_told_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ReportFileWrong) as caught:
        study.parse(data, "x.json")
    assert str(caught.value) == sentence


def test_what_is_missing_or_wrong_is_named() -> None:
    facts = json.loads(study.write(make_report()))
    del facts["raters"]
    facts["who"] = "robots"

    with pytest.raises(ReportFileWrong) as caught:
        study.parse(json.dumps(facts).encode(), "x.json")

    assert "'x.json' is no whole report: who: " in str(caught.value)
    assert "raters: field required" in str(caught.value)


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReportFileWrong, match="cannot be read: No such file"):
        study.read(tmp_path / "study.json")
