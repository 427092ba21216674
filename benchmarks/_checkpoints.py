"""Two checkpoints of a Llama-shaped model in fp16, the second a little away from the first."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

FILE = "model.safetensors"
_WIDTH, _INNER, _VOCABULARY = 2048, 5504, 32000
_BYTES = 2
_BLOCK = 2**22  # values; written again and again, shifted


def write_two(base: Path, tuned: Path, gigabytes: float) -> None:
    generator = np.random.default_rng(0)
    values = generator.standard_normal(_BLOCK, np.float32) * 0.02
    moved = values + generator.standard_normal(_BLOCK, np.float32) * 0.001
    # A tenth of the width for models that are tiny.
    width = _WIDTH if gigabytes > 0.3 else _WIDTH // 16  # noqa: PLR2004 - a layer has 0.1 GB
    shapes = dict(_list_shapes(width, gigabytes * 1e9 / _BYTES))
    for folder, block in ((base, values), (tuned, moved)):
        folder.mkdir()
        _write(folder / FILE, shapes, block.astype(np.float16))
        (folder / "config.json").write_text(json.dumps(_configure(width, shapes)))


def _list_shapes(width: int, num_values: float) -> Iterator[tuple[str, tuple[int, ...]]]:
    inner = width * _INNER // _WIDTH
    vocabulary = width * _VOCABULARY // _WIDTH
    yield "lm_head.weight", (vocabulary, width)
    yield "model.embed_tokens.weight", (vocabulary, width)
    per_layer = 4 * width * width + 3 * width * inner + 2 * width
    for number in range(max(1, round((num_values - 2 * vocabulary * width) / per_layer))):
        layer = f"model.layers.{number}"
        for name in ("q", "k", "v", "o"):
            yield f"{layer}.self_attn.{name}_proj.weight", (width, width)
        for name in ("gate", "up"):
            yield f"{layer}.mlp.{name}_proj.weight", (inner, width)
        yield f"{layer}.mlp.down_proj.weight", (width, inner)
        for name in ("input", "post_attention"):
            yield f"{layer}.{name}_layernorm.weight", (width,)
    yield "model.norm.weight", (width,)


def _write(path: Path, shapes: dict[str, tuple[int, ...]], block: np.ndarray) -> None:  # type: ignore[type-arg]
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, shape in shapes.items():
        size = int(np.prod(shape)) * _BYTES
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for number, shape in enumerate(shapes.values()):
            left = int(np.prod(shape))
            shifted = np.roll(block, number)
            while left:
                file.write(shifted[:left].tobytes())
                left -= min(left, len(shifted))
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, (1_700_000_000, 1_700_000_000))  # long enough ago to be remembered


def _configure(width: int, shapes: dict[str, tuple[int, ...]]) -> dict[str, object]:
    layers = {name.split(".")[2] for name in shapes if name.startswith("model.layers.")}
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": width,
        "intermediate_size": width * _INNER // _WIDTH,
        "num_hidden_layers": len(layers),
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "vocab_size": width * _VOCABULARY // _WIDTH,
        "tie_word_embeddings": False,
        "torch_dtype": "float16",
    }
