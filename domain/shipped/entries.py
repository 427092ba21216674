"""What can come with the product. Paths are of files and folders on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ShippedModel:
    name: str
    path: Path  # a folder
    family: str
    card: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""  # the name of an earlier entry that it was tuned from


@dataclass(frozen=True, kw_only=True)
class ShippedPrompts:
    name: str
    path: Path  # a file of prompts


@dataclass(frozen=True, kw_only=True)
class ShippedBenchmark:
    name: str
    path: Path  # a file of questions
    default_mode: str
    prompts: str  # the name of an earlier entry whose prompts its items are


@dataclass(frozen=True, kw_only=True)
class ShippedDataset:
    name: str
    path: Path  # a folder in the format of an import, with dataset.json


@dataclass(frozen=True, kw_only=True)
class ShippedQuiz:
    name: str
    path: Path  # a folder with quiz.json, questions.jsonl and pictures


@dataclass(frozen=True, kw_only=True)
class ShippedKnowledge:
    name: str
    path: Path  # a folder with knowledge.json and passages.jsonl, without pictures
    region: str = ""


Entry = (
    ShippedModel
    | ShippedPrompts
    | ShippedBenchmark
    | ShippedDataset
    | ShippedQuiz
    | ShippedKnowledge
)
