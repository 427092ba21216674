"""The two losses. Logits are [P, T]: how much each picture is like each text, by the model's own
scale. A new one is a function and a line.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ml.aligning.relation import Relation
from specs.kinds.model.model_align import Loss

_NEVER = -1e9  # a logit that leaves nothing of its share


def measure_infonce(logits: Tensor, relation: Relation) -> Tensor:
    """Each pair against the pictures, and the texts, that are wrong beside it (arXiv:2103.00020).

    mean over pairs (p, t) of  1/2 log(1 + sum over texts u wrong for p of e^(l_pu - l_pt))
                             + 1/2 log(1 + sum over pictures q wrong for t of e^(l_qt - l_pt))
    """
    pictures, texts = relation.pairs.unbind(1)
    found = logits[pictures, texts]
    wrong = logits.masked_fill(relation.right, _NEVER)
    by_texts = wrong.logsumexp(dim=1)[pictures] - found
    by_pictures = wrong.logsumexp(dim=0)[texts] - found
    both = torch.nn.functional.softplus(torch.stack([by_texts, by_pictures]))
    return both.mean()


def measure_sigmoid(logits: Tensor, relation: Relation) -> Tensor:
    """Each picture beside each text is a question of its own, right or wrong (arXiv:2303.15343).

    sum over pictures p and texts t of  -log sigmoid(l_pt, or -l_pt where wrong)  / pairs
    """
    signs = torch.where(relation.right, 1.0, -1.0)
    return -torch.nn.functional.logsigmoid(signs * logits).sum() / len(relation.pairs)


LOSSES: Mapping[Loss, Callable[[Tensor, Relation], Tensor]] = {
    "infonce": measure_infonce,
    "sigmoid": measure_sigmoid,
}
# What each family was trained with.
OF_FAMILY: Mapping[str, Loss] = {"clip": "infonce", "siglip": "sigmoid", "siglip2": "sigmoid"}
