from pathlib import Path

from ml.records import Records


def test_what_was_done_is_found_again_under_the_same_conditions(tmp_path: Path) -> None:
    records = Records(tmp_path / "made")
    assert records.begin({"wish": "a", "threads": 2}) == {"wish": "a", "threads": 2}
    assert records.find("beta-0", 3) is None
    records.keep("beta-0", 3, [{"number": 7}])
    again = Records(tmp_path / "made")
    assert again.begin({"wish": "a", "threads": 8})["threads"] == 2  # as the attempt before
    assert again.find("beta-0", 3) == [{"number": 7}]
    assert again.find("beta-1", 3) is None


def test_another_wish_clears_away_what_was_done(tmp_path: Path) -> None:
    records = Records(tmp_path / "made")
    records.begin({"wish": "a"})
    records.keep("beta-0", 0, [])
    records.begin({"wish": "b"})
    assert records.find("beta-0", 0) is None
