"""Pure decisions about models: which merges are the same, and what they are called."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# The plain way: every weight at the same share. A sweep in memory does exactly this.
LINEAR = "linear"


def digest_method(method: str, settings: Mapping[str, Any]) -> str:
    """Of all that decides a merge besides base, tuned and beta. Two jobs that would write the same
    weights have the same digest.
    """
    text = json.dumps([method, dict(settings)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def name_merge(name: str, beta: float) -> str:
    return f"{name} beta-{beta + 0.0:g}"
