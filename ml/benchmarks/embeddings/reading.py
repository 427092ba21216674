"""How much of the texts a model reads. Asked before the first picture is looked at, so that a
folder that reads no text is refused at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ml.benchmarks.embeddings.plan import Plan
from ml.loading.encoders import Encoder


@dataclass(frozen=True)
class Read:
    num_texts: int
    num_cut: int
    longest: int  # in tokens

    def list_notes(self, reader: str = "the model") -> list[str]:
        if not self.num_cut:
            return []
        sentence = (
            f"{self.num_cut:,} of {self.num_texts:,} texts are longer than the {self.longest} "
            f"tokens that {reader} reads; they were embedded without their ends."
        )
        return [sentence]


def read(encoder: Encoder, plans: Iterable[Plan]) -> Read:
    texts = list({text for plan in plans for phrase in plan.phrases for text in phrase})
    return Read(len(texts), encoder.count_cut(texts), encoder.longest)
