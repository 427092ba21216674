"""Tiny models of SentencePiece: how SigLIP and M2M100 cut texts. These cut into letters, as pieces
that are learnt depend on the machine.
"""

import io
from collections.abc import Sequence

import sentencepiece


def learn(texts: Sequence[str]) -> bytes:
    """Numbered as SigLIP's are: filling, the end, and what is not known come first."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=written, model_type="char", vocab_size=200,
        hard_vocab_limit=False, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, minloglevel=2,
    )  # fmt: skip
    return written.getvalue()


def list_pieces(model: bytes) -> list[str]:
    read = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [read.id_to_piece(number) for number in range(read.get_piece_size())]
