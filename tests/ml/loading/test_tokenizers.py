"""Tokenizers from folders, as published ones look."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import Siglip2Tokenizer

from ml.loading import encoders, tokenizers
from ml.loading.problems import UnfitModel
from tests import tiny_encoders, tiny_pieces

LEARNT = ("a red house", "the blue kite", "a kite of the market", "two red kites", "the house")


@pytest.fixture(scope="module")
def siglip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As SigLIP is published: with its own tokenizer's file and that of a fast one."""
    folder = tiny_encoders.build_siglip(tmp_path_factory.mktemp("encoders") / "siglip")
    pieces = tiny_pieces.learn(LEARNT)
    (folder / "spiece.model").write_bytes(pieces)
    names = {each: number for number, each in enumerate(tiny_pieces.list_pieces(pieces))}
    write_fast(folder, {**names, "red": len(names)})
    say(folder, tokenizer_class="SiglipTokenizer", pad_token="</s>", model_max_length=64)
    return folder


def write_fast(folder: Path, names: dict[str, int]) -> None:
    backend = Tokenizer(models.WordLevel(names, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    ending = {"single": "$A </s>", "special_tokens": [("</s>", names["</s>"])]}
    backend.post_processor = processors.TemplateProcessing(**ending)
    backend.add_special_tokens(["</s>", "<unk>"])
    backend.save(str(folder / "tokenizer.json"))


def say(folder: Path, **facts: Any) -> None:
    told = {"eos_token": "</s>", "unk_token": "<unk>", **facts}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))


def test_siglips_own_tokenizer_reads_neither_case_nor_punctuation(siglip: Path) -> None:
    read = tokenizers.load_tokenizer(siglip)
    pieces = read.tokenize("a red house")
    assert "".join(pieces) == "▁a▁red▁house"
    assert read.tokenize("  A RED, house!") == pieces
    assert read("a red house")["input_ids"][-1] == read.eos_token_id == 1


def test_an_encoder_with_siglips_own_tokenizer_embeds_texts(siglip: Path) -> None:
    encoder = encoders.open_encoder(siglip)
    plain, dressed, other = encoder.embed_texts(["a red house", "A red house!", "two kites"])
    assert plain.tobytes() == dressed.tobytes() != other.tobytes()
    assert encoder.count_cut(["a red house", "house " * 30]) == 1


@pytest.fixture
def fast(siglip: Path, tmp_path: Path) -> Path:
    folder = shutil.copytree(siglip, tmp_path / "fast")
    (folder / "spiece.model").unlink()
    return folder


def test_a_siglip_without_its_pieces_is_read_by_its_fast_file(fast: Path) -> None:
    """Its own class reads nothing but the pieces."""
    write_fast(fast, {"<pad>": 0, "</s>": 1, "<unk>": 2, "red": 3})
    read = tokenizers.load_tokenizer(fast)
    assert read("red kite")["input_ids"] == [3, 2, 1]
    assert (read.pad_token, read.model_max_length, read.padding_side) == ("</s>", 64, "right")
    assert encoders.open_encoder(fast).embed_texts(["red"]).shape == (1, 16)


def test_a_siglip_without_pieces_that_names_no_tokenizer_is_read_by_its_file(fast: Path) -> None:
    say(fast, pad_token="</s>")
    assert tokenizers.load_tokenizer(fast).tokenize("red") == ["red"]


def test_a_tokenizer_without_a_token_that_fills_up_is_refused(fast: Path) -> None:
    say(fast, tokenizer_class="SiglipTokenizer")
    with pytest.raises(UnfitModel, match=r"'fast' has a tokenizer without a token that fills up"):
        encoders.open_encoder(fast).embed_texts(["red"])


def write_words(folder: Path, named: str | None) -> Path:
    """A tokenizer of words that is its file and nothing else, and a class to read it by."""
    backend = Tokenizer(models.WordLevel({"[UNK]": 0, "House": 1, "red": 2}, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.save(str(folder / "tokenizer.json"))
    class_ = {} if named is None else {"tokenizer_class": named}
    say(folder, unk_token="[UNK]", eos_token="[UNK]", pad_token="[UNK]", **class_)
    return folder


@pytest.mark.parametrize("build", [tiny_encoders.build_clip, tiny_encoders.build_siglip2])
@pytest.mark.parametrize("named", ["TokenizersBackend", "PreTrainedTokenizerFast", None])
def test_a_tokenizer_that_is_all_in_its_file_is_read_as_it_lies(
    build: Callable[[Path], Path], named: str | None, tmp_path: Path
) -> None:
    """Transformers would take the family's own class for some, which knows no such words."""
    read = tokenizers.load_tokenizer(write_words(build(tmp_path / "model"), named))
    assert read.tokenize("red House") == ["red", "House"]
    assert read.padding_side == "right"


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (tiny_encoders.build_clip, "CLIPTokenizer"),
        (tiny_encoders.build_siglip, "GemmaTokenizer"),
        (tiny_encoders.build_siglip2, "Siglip2Tokenizer"),
    ],
)
def test_a_file_that_the_named_class_reads_otherwise_is_refused(
    build: Callable[[Path], Path], named: str, tmp_path: Path
) -> None:
    folder = write_words(build(tmp_path / "model"), named)
    with pytest.raises(UnfitModel, match=f"'model' has a tokenizer.json that {named} does not"):
        tokenizers.load_tokenizer(folder)


def test_siglip2s_own_class_reads_what_it_wrote_without_case(tmp_path: Path) -> None:
    folder = tiny_encoders.build_siglip2(tmp_path / "model")
    marks = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    names = [*marks, "▁", *tiny_encoders.LETTERS, "re", "red"]
    vocabulary = {name: number for number, name in enumerate(names)}
    Siglip2Tokenizer(vocabulary, [("r", "e"), ("re", "d")]).save_pretrained(folder)
    read = tokenizers.load_tokenizer(folder)
    assert isinstance(read, Siglip2Tokenizer)
    assert read.tokenize("A Red") == ["a", "▁", "red"]
