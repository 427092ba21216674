"""Fixtures; tests/sandbox_study.py describes them."""

from tests.sandbox_study import answers_folder, answers_study, sandbox_study, study_folder

__all__ = ["answers_folder", "answers_study", "sandbox_study", "study_folder"]
