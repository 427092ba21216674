"""Choices among alternatives, each as likely as exp of a linear score: the conditional logit model.

Bradley-Terry with ties and Plackett-Luce are both of this kind, and the log-likelihood is concave,
so that Newton's method finds its highest point where there is one. Many data sets with the same
sets of alternatives are fitted at once, for the bootstrap.

Legend of shapes: b data sets, s sets of alternatives, m alternatives in a set, q coefficients.
"""

from dataclasses import dataclass

import numpy as np

from stats.labels import Mask, Numbers

LARGEST = 15.0  # between two, odds of three million: what comes so far does not stop
_MOST_STEPS = 60
_LARGEST_STEP = 2.0
_GRADIENT = 1e-9  # what may be left of it for each choice
_RIDGE = 1e-10
_AT_ONCE = 256  # data sets


@dataclass(frozen=True, kw_only=True)
class Design:
    feature_smq: Numbers
    is_there_sm: Mask  # sets may have fewer alternatives than the largest


@dataclass(frozen=True, kw_only=True)
class Fits:
    coefficient_bq: Numbers
    is_found_b: Mask
    log_likelihood_b: Numbers


def fit(design: Design, count_bsm: Numbers) -> Fits:
    """`count_bsm`: how often each alternative was chosen."""
    blocks = [
        _fit_block(design, count_bsm[start : start + _AT_ONCE])
        for start in range(0, len(count_bsm), _AT_ONCE)
    ]
    return Fits(
        coefficient_bq=np.concatenate([each.coefficient_bq for each in blocks]),
        is_found_b=np.concatenate([each.is_found_b for each in blocks]),
        log_likelihood_b=np.concatenate([each.log_likelihood_b for each in blocks]),
    )


def _fit_block(design: Design, count_bsm: Numbers) -> Fits:
    num_sets, num_alternatives, num_coefficients = design.feature_smq.shape
    flat_xq = design.feature_smq.reshape(num_sets * num_alternatives, num_coefficients)
    outer_xqq = (flat_xq[:, :, None] * flat_xq[:, None, :]).reshape(len(flat_xq), -1)
    total_bs = count_bsm.sum(axis=2)
    coefficient_bq = np.zeros((len(count_bsm), num_coefficients))
    is_found_b = np.zeros(len(count_bsm), dtype=np.bool_)
    for _ in range(_MOST_STEPS):
        share_bsm, _ = _share(design, coefficient_bq)
        expected_bsm = share_bsm * total_bs[:, :, None]
        gradient_bq = (count_bsm - expected_bsm).reshape(len(count_bsm), -1) @ flat_xq
        left_b = np.abs(gradient_bq).max(axis=1, initial=0)
        is_found_b = left_b <= _GRADIENT * np.maximum(total_bs.sum(axis=1), 1)
        if is_found_b.all():
            break
        mean_bsq = np.einsum("bsm,smq->bsq", share_bsm, design.feature_smq)
        curvature_bqq = (expected_bsm.reshape(len(count_bsm), -1) @ outer_xqq).reshape(
            -1, num_coefficients, num_coefficients
        ) - np.matmul(np.swapaxes(mean_bsq * total_bs[:, :, None], 1, 2), mean_bsq)
        curvature_bqq += _RIDGE * np.eye(num_coefficients)
        step_bq = np.linalg.solve(curvature_bqq, gradient_bq[:, :, None])[:, :, 0]
        longest_b = np.abs(step_bq).max(axis=1, keepdims=True, initial=0)
        coefficient_bq += step_bq * np.minimum(1, _LARGEST_STEP / np.maximum(longest_b, 1e-300))
    _, log_share_bsm = _share(design, coefficient_bq)
    return Fits(
        coefficient_bq=coefficient_bq,
        is_found_b=is_found_b,
        log_likelihood_b=(count_bsm * log_share_bsm).sum(axis=(1, 2)),
    )


def _share(design: Design, coefficient_bq: Numbers) -> tuple[Numbers, Numbers]:
    """How likely each alternative is, and the logarithm; 0 in both for one that is not there."""
    score_bsm = np.einsum("bq,smq->bsm", coefficient_bq, design.feature_smq)
    score_bsm = np.where(design.is_there_sm, score_bsm, -np.inf)
    score_bsm -= score_bsm.max(axis=2, keepdims=True)
    weight_bsm = np.exp(score_bsm)
    total_bs1 = weight_bsm.sum(axis=2, keepdims=True)
    log_share_bsm = np.where(design.is_there_sm, score_bsm - np.log(total_bs1), 0.0)
    return weight_bsm / total_bs1, log_share_bsm
