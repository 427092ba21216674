"""Sentence encoders from a folder; compared with what transformers computes by itself."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from ml.loading import sentences
from ml.loading.problems import UnfitModel
from tests import tiny_encoders

TEXTS = ["a bowl of rice", "rice", "a much longer text about noodles and soup", "ผัดไทยใส่ไข่"]


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("sentences") / "bert"
    return tiny_encoders.build_sentences(folder, TEXTS, layers=2, width=16)


@pytest.fixture
def copy(bert: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bert, tmp_path / "copy"))


def say(folder: Path, kind: str = "Pooling", **pooling: Any) -> None:
    """As sentence-transformers writes it."""
    modules = [
        {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "path": "1_Pooling", "type": f"sentence_transformers.models.{kind}"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))


def ask_transformers(folder: Path, pooling: str) -> Any:
    """One by one: nothing is padded."""
    model = transformers.BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    rows = []
    for text in TEXTS:
        with torch.inference_mode():
            states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
        found = {"mean": states.mean(0), "cls": states[0], "max": states.amax(0)}[pooling]
        rows.append((found / found.norm()).numpy())
    return np.stack(rows)


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_vectors_are_those_of_transformers_whatever_stands_beside(copy: Path, pooling: str) -> None:
    word = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}[pooling]
    say(copy, **{"word_embedding_dimension": 16, f"pooling_mode_{word}": True,
                 "pooling_mode_mean_sqrt_len_tokens": False})  # fmt: skip
    encoder = sentences.open_text_encoder(copy, batch_size=3)
    found = encoder.embed_texts(TEXTS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, ask_transformers(copy, pooling), atol=2e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)


def test_without_a_word_about_it_the_mean_is_taken(bert: Path) -> None:
    assert sentences.read_pooling(bert) == "mean"
    encoder = sentences.open_text_encoder(bert)
    np.testing.assert_allclose(
        encoder.embed_texts(TEXTS), ask_transformers(bert, "mean"), atol=2e-6
    )
    assert encoder.describe()["family"] == "bert"
    assert encoder.embed_texts([]).shape == (0, 0)


def test_the_newer_way_to_say_it_is_read(copy: Path) -> None:
    say(copy, pooling_mode="cls")
    assert sentences.read_pooling(copy) == "cls"


@pytest.mark.parametrize(
    ("kind", "pooling", "message"),
    [
        ("Dense", {}, "has a module 'Dense' behind its model, which is not known here"),
        ("Pooling", {"pooling_mode_lasttoken": True}, "pools its tokens by 'lasttoken'"),
        (
            "Pooling",
            {"pooling_mode_cls_token": True, "pooling_mode_max_tokens": True},
            "by 'cls_token, max_tokens'; one of mean, cls and max is expected",
        ),
    ],
)
def test_what_would_give_other_vectors_is_refused(
    copy: Path, kind: str, pooling: dict[str, Any], message: str
) -> None:
    say(copy, kind, **pooling)
    with pytest.raises(UnfitModel, match=message):
        sentences.open_text_encoder(copy)


def test_a_length_that_the_folder_states_counts(copy: Path) -> None:
    (copy / "sentence_bert_config.json").write_text('{"max_seq_length": 6}')
    encoder = sentences.open_text_encoder(copy)
    assert encoder.longest == 6
    assert encoder.count_cut(["a", TEXTS[2] * 3]) == 1
    assert encoder.count_cut([]) == 0


def test_positions_behind_the_paddings_are_counted(bert: Path, tmp_path: Path) -> None:
    """XLM-R and its kin have two positions less than their configuration says."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(bert)
    config = transformers.XLMRobertaConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=20, pad_token_id=0,
    )  # fmt: skip
    transformers.XLMRobertaModel(config).save_pretrained(tmp_path / "xlmr")
    tokenizer.save_pretrained(tmp_path / "xlmr")
    encoder = sentences.open_text_encoder(tmp_path / "xlmr")
    assert encoder.longest == 19
    assert encoder.embed_texts(["long " * 100, "short"]).shape == (2, 16)


def test_encoders_of_pictures_and_texts_serve_as_well(tmp_path: Path) -> None:
    encoder = sentences.open_text_encoder(tiny_encoders.build_clip(tmp_path / "clip"))
    assert encoder.describe()["family"] == "CLIP"
    assert encoder.embed_texts(["a kite"]).shape == (1, 12)


def test_another_family_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "translator"
    config = transformers.M2M100Config(
        vocab_size=8, d_model=8, encoder_layers=1, decoder_layers=1, encoder_attention_heads=1,
        decoder_attention_heads=1, encoder_ffn_dim=8, decoder_ffn_dim=8, pad_token_id=0,
    )  # fmt: skip
    transformers.M2M100ForConditionalGeneration(config).save_pretrained(folder)
    with pytest.raises(UnfitModel, match=r"family 'm2m_100'; an encoder of texts .* xlm-roberta"):
        sentences.open_text_encoder(folder)


def test_a_folder_that_brings_code_is_refused(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "x.Y"}}))
    with pytest.raises(UnfitModel, match="brings code of its own"):
        sentences.open_text_encoder(copy)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({"num_attention_heads": 5}, r"cannot be loaded: The hidden size .+\.$"),
        ({"hidden_size": "wide"}, "has no tokenizer that can be read: .+ 'hidden_size'"),
    ],
)
def test_a_folder_that_transformers_cannot_read_is_refused_in_a_sentence(
    copy: Path, setting: dict[str, Any], reason: str
) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | setting))
    with pytest.raises(UnfitModel, match=rf"'{copy.name}' {reason}"):
        sentences.open_text_encoder(copy)
