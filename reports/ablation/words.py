"""What a data ablation found, in sentences, and what it cannot tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.ablation.facts import HELPS, HURTS, UNTOLD, Addition, Scope, name_run
from reports.speech import Speech


def summarise(scope: Scope, _: Speech) -> Iterator[str]:
    if scope.base.value is None:
        yield _("Nothing can be compared: %(reason)s.", reason=_.term(scope.base.reason))
        return
    yield _.count(
        "The base model answers %(share)s %% of %(num)s question right.",
        "The base model answers %(share)s %% of %(num)s questions right.",
        scope.num_questions,
        share=_.number(scope.base.value, 1),
    )
    if helping := scope.list_judged(HELPS):
        yield _("What helps: %(what)s.", what=_list(helping, _))
    if hurting := scope.list_judged(HURTS):
        yield _("What hurts: %(what)s.", what=_list(hurting, _))
    if untold := scope.list_judged(UNTOLD):
        yield _("What cannot be told from nothing: %(what)s.", what=_list(untold, _))
    if scope.num_left_out:
        yield _.count(
            "%(num)s question was left out, because a model did not answer it.",
            "%(num)s questions were left out, because a model did not answer them.",
            scope.num_left_out,
        )


def _list(additions: Sequence[Addition], _: Speech) -> str:
    return "; ".join(
        _(
            "%(added)s (%(points)s points beside %(before)s)",
            added=each.label,
            before=name_run(each.against, _),
            points=_.signed(each.to_before.value, 1),
        )
        for each in additions
    )


def explain(found: Mapping[str, Any], _: Speech) -> str:
    """How the intervals were made."""
    return _(
        "Mode %(mode)s. Only questions that all models answered; intervals of %(confidence)s from "
        "%(num)s resamples of the questions, the same ones for all models; translations of one "
        "question, and questions about one picture, are drawn together. Several additions are "
        "several looks: the intervals are not corrected for their number.",
        mode=found["mode"],
        confidence=_.percent(found["confidence"]),
        num=_.whole(found["num_resamples"]),
    )
