"""All benchmarks of embeddings. A new one is a module here, a line below, and one in
`ml.benchmarks.embeddings.methods`.
"""

from collections.abc import Mapping
from typing import Any

from specs.embeddings.classification import Classification
from specs.embeddings.retrieval import Retrieval
from specs.embeddings.zeroshot import Zeroshot
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.method import MethodSpec

METHODS: Mapping[str, type[MethodSpec]] = {
    "retrieval": Retrieval,
    "zeroshot": Zeroshot,
    "classification": Classification,
}


def read_method(spec: EmbeddingsScore) -> MethodSpec:
    """The job's method, set to what the job says. Wordings that it does not name are the method's
    own.
    """
    method = METHODS[spec.method]
    settings: dict[str, Any] = {
        name: value
        for name in method.model_fields
        if name != "method" and (value := getattr(spec, name)) != ()
    }
    return method.model_validate({"method": spec.method, **settings})
