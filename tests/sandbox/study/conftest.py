"""Fixtures; tests/sandbox_study.py describes them."""

from tests.sandbox_study import sandbox_study, study_folder

__all__ = ["sandbox_study", "study_folder"]
