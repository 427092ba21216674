"""Models that write: how they are loaded, asked in a conversation and read.

Weights come from safetensors only, code that a folder brings is never run, and a folder that lacks
part of the model is refused: what is missing would be made up of random numbers. They write without
chance, so the same batch gives the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml import devices
from ml.datasets.problems import shown
from ml.loading import pretrained, weights
from ml.loading.problems import UnfitModel
from ml.progress import OutOfMemory

if TYPE_CHECKING:
    import torch
    from PIL import Image


def load_model(model_class: Any, folder: Path, *, device: str, dtype: str) -> Any:
    weights.check(folder)
    return pretrained.load(
        model_class,
        folder,
        device=device,
        dtype=devices.find_dtype(dtype),
        trust_remote_code=False,
    )


def load_processor(folder: Path) -> Any:
    """The image processor that needs Pillow and nothing more, whatever else is installed: others
    resize differently, and answers would depend on the machine.
    """
    from transformers import AutoProcessor  # noqa: PLC0415 - costs seconds; who asks nothing needs none

    try:
        # transformers says no types of this one.
        processor = AutoProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            str(folder), backend="pil", local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UnfitModel(
            f"'{shown(folder.name)}' does not say how pictures and questions are prepared: "
            f"{shown(reason)}."
        ) from error
    except ImportError as error:  # such as that of Qwen-VL, which prepares videos as well
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UnfitModel(
            f"'{shown(folder.name)}' prepares pictures and questions with something that is not "
            f"installed: {shown(reason)}."
        ) from error
    if not hasattr(processor, "image_processor"):
        raise UnfitModel(f"'{shown(folder.name)}' does not say how pictures are prepared.")
    return processor


def prepare_conversations(processor: Any, folder: Path) -> None:
    """Of a processor or a tokenizer: conversations are written by the folder's own template."""
    if not processor.chat_template:
        raise UnfitModel(
            f"'{shown(folder.name)}' has no chat template, so it is not known how to ask it."
        )
    tokenizer = getattr(processor, "tokenizer", processor)
    # Answers go on at the end of the text, so what fills up shorter ones stands before it.
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token


def write_turn(text: str, picture: Image.Image) -> list[dict[str, Any]]:
    """A conversation of one turn, about one picture."""
    content = [{"type": "image", "image": picture}, {"type": "text", "text": text}]
    return [{"role": "user", "content": content}]


def encode_conversations(processor: Any, conversations: Sequence[Any]) -> Any:
    return processor.apply_chat_template(
        list(conversations),
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        processor_kwargs={"padding": True, "return_tensors": "pt"},
    )


def find_mark(tokenizer: Any, text: str) -> str:
    """What in a text a model would take for a mark of its own, such as the end of a turn or the
    place of a picture; '' where there is nothing.
    """
    return next((mark for mark in _list_marks(tokenizer) if mark in text), "")


def _list_marks(tokenizer: Any) -> Iterable[str]:
    added = tokenizer.added_tokens_decoder.values()
    marks = {*tokenizer.all_special_tokens, *(str(each) for each in added if each.special)}
    return sorted(mark for mark in marks if mark.strip())


def write(model: Any, inputs: Mapping[str, Any], **options: Any) -> torch.Tensor:
    """The tokens that it writes, with those of the inputs before them if it goes on from these."""
    import torch  # noqa: PLC0415 - see above

    given = {
        name: value.to(model.device, model.dtype)
        if value.is_floating_point()
        else value.to(model.device)
        for name, value in inputs.items()
    }
    try:
        with torch.inference_mode():
            written: torch.Tensor = model.generate(
                **given, **{"num_beams": 1, **options}, do_sample=False
            )
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(
            f"The model ran out of memory with {len(given['input_ids'])} texts at once; choose a "
            "smaller batch size."
        ) from error
    return written


def find_finished(model: Any, answers: torch.Tensor, max_new_tokens: int) -> list[bool]:
    """Of each answer, whether the model came to its end by itself. Some models are made to end
    their answer when there is no more room.
    """
    import torch  # noqa: PLC0415 - see above

    settings = model.generation_config
    ends = settings.eos_token_id
    if ends is None:
        name = Path(str(model.config.name_or_path)).name
        raise UnfitModel(
            f"'{shown(name)}' does not say which token ends what it writes (eos_token_id), so it "
            "is not known whether an answer is whole."
        )
    known = torch.tensor(ends if isinstance(ends, list) else [ends], device=answers.device)
    are_ends = torch.isin(answers, known)
    if settings.forced_eos_token_id is not None:
        are_ends = are_ends[:, : max_new_tokens - 1]
    return [bool(each) for each in are_ends.any(dim=1)]
