from pathlib import Path

from cli.machine import children
from cli.machine.folder import DataFolder


def test_requests_are_counted_anew_with_each_start(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path / "var")
    folder.make()
    children._start_counting_anew(folder)
    (folder.run / "metrics" / "counter_17.db").write_bytes(b"of a process that is gone")
    children._start_counting_anew(folder)
    assert list((folder.run / "metrics").iterdir()) == []
    assert (folder.run / "metrics").stat().st_mode & 0o777 == 0o700
