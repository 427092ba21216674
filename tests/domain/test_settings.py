from pathlib import Path

import pytest

from domain.settings import Settings


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GGEZ_{name.upper()}", raising=False)


def test_without_anything_set_all_is_below_the_data_folder() -> None:
    settings = Settings()
    assert settings.data == Path("var")
    assert settings.artifacts_root == Path("var/artifacts").absolute().as_uri()


def test_a_secret_may_come_from_a_file_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "ggez_database_url").write_text("postgresql://ggez:hunter2@db/ggez\n")
    assert Settings(_secrets_dir=tmp_path).database_url == "postgresql://ggez:hunter2@db/ggez"


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ggez_database_url").write_text("postgresql://from-file/ggez")
    monkeypatch.setenv("GGEZ_DATABASE_URL", "postgresql://from-environment/ggez")
    assert Settings(_secrets_dir=tmp_path).database_url == "postgresql://from-environment/ggez"


def test_folders_are_separated_like_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEZ_IMPORT_ROOTS", "/srv/pictures:/mnt/archive:")
    assert Settings().import_roots == (Path("/srv/pictures"), Path("/mnt/archive"))


def test_the_inbox_may_always_be_imported_from(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert settings.allowed_import_roots == (tmp_path.resolve() / "inbox",)
