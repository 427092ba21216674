"""`ggez knowledge` on plain files: each command reads what the one before wrote."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from ml.loading import prompts as prompt_files
from ml.loading.prompts import Prompt
from tests import knowledge, tiny_encoders, tiny_models


def call(*words: str) -> Result:
    return CliRunner().invoke(ggez, ["knowledge", *words])


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return knowledge.write_knowledge(tmp_path / "base", knowledge.read("passages")[:8])


def test_from_passages_to_what_is_found(base: Path) -> None:
    texts = [each["text"] for each in knowledge.read("passages")[:8]]
    tiny_encoders.build_sentences(Path("encoder"), texts)
    quiz = {"q": "Which thorny fruit has a strong smell?", "none": "?"}
    knowledge.write_quiz(Path("quiz"), quiz)
    done = call("index", "--knowledge", "base", "--encoder", "encoder", "--out", "indexed")
    assert done.exit_code == 0, done.output
    assert done.stdout == "8 passages in 8 chunks; vectors by encoder. They are in indexed.\n"
    done = call("embed", "--quiz", "quiz", "--encoder", "encoder", "--out", "vectors")
    assert done.stdout == "2 vectors of 96 numbers by encoder are in vectors.\n"
    done = call("retrieve", "--knowledge", "indexed", "--quiz", "quiz", "--queries", "vectors",
                "--out", "found", "--json")  # fmt: skip
    assert json.loads(done.stdout)["num_queries"] == 2
    assert knowledge.read_found(Path("found"))["q"][0]["id"] == "en-durian"


def test_what_finds_nothing_is_said(base: Path) -> None:
    knowledge.write_quiz(Path("quiz"), {"q": "A thorny fruit?", "none": "?"})
    done = call("index", "--knowledge", "base", "--out", "indexed")
    assert "no vectors: only words are searched" in done.stdout
    done = call("retrieve", "--knowledge", "indexed", "--quiz", "quiz", "--method", "lexical",
                "--out", "found")  # fmt: skip
    assert done.stdout == ("Passages for 1 of 2 questions (lexical) are in found/passages.jsonl.\n")
    assert "Nothing for 'none': It has no letters and no digits." in done.stderr


def test_prompts_are_augmented(base: Path) -> None:
    prompt_files.write(Path("p.jsonl"), [Prompt(key="a", text="adobo"), Prompt(key="b", text="?")])
    tiny_models.build_sd15(Path("world"))
    call("index", "--knowledge", "base", "--out", "indexed")
    call("retrieve", "--knowledge", "indexed", "--prompts", "p.jsonl", "--method", "lexical",
         "--out", "found")  # fmt: skip
    done = call("augment", "--prompts", "p.jsonl", "--passages", "found/passages.jsonl", "--base",
                "world", "--out", "longer")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("1 of 2 prompts got facts; they are in longer/prompts.jsonl")
    assert prompt_files.read(Path("longer/prompts.jsonl"))[0].text.startswith("adobo. ")


def test_what_is_missing_is_said(base: Path) -> None:
    done = call("index", "--out", "indexed")
    assert done.exit_code == 2
    assert "Missing option '--knowledge'." in done.output
    done = call("retrieve", "--knowledge", "base", "--method", "lexical", "--out", "found")
    assert done.exit_code == 2
    assert "'base' is not indexed" in done.output
    assert not Path("found").exists()
