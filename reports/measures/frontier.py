"""Keeping and gaining."""

from reports.language import word
from reports.measures.measure import Measure

FRONTIER = (
    Measure(
        path="retention",
        label=word("retention"),
        definition=word("The variant's score on the global benchmark as a share of the base's."),
    ),
    Measure(
        path="gain",
        label=word("regional gain"),
        definition=word("Regional quality of the variant above the base's."),
    ),
    Measure(
        path="p_frontier",
        label=word("chance to be on the frontier"),
        definition=word(
            "Share of resamples in which no other variant is at least as good in both qualities "
            "and better in one."
        ),
    ),
    Measure(
        path="grp",
        label=word("GRP"),
        definition=word(
            "Weight times global quality plus (1 - weight) times regional quality, on the named "
            "scale."
        ),
    ),
)

SETTINGS = (
    Measure(
        path="beta",
        label=word("beta"),
        definition=word("Share of regional weights in the variant."),
    ),
    Measure(
        path="beta_star",
        label=word("beta*"),
        definition=word(
            "Share of regional weights of the variant with the largest GRP at the marked weight."
        ),
    ),
    Measure(
        path="grp.alpha",
        label=word("weight"),
        definition=word(
            "Weight of global quality in GRP: the region's, unless another was chosen."
        ),
    ),
    Measure(
        path="alpha_from",
        label=word("from weight"),
        definition=word("Weight of global quality from which on this variant is the best."),
    ),
    Measure(
        path="alpha_to",
        label=word("to weight"),
        definition=word("Weight of global quality up to which this variant is the best."),
    ),
    Measure(
        path="p_recommended",
        label=word("chance to be chosen"),
        definition=word("Share of resamples in which the rule chooses this variant."),
    ),
    Measure(
        path="p_best",
        label=word("chance to have the largest GRP"),
        definition=word("Share of resamples in which GRP at the marked weight is the largest."),
    ),
    Measure(
        path="is_kept",
        label=word("keeps enough"),
        definition=word("1 when the variant keeps the share of global quality that is wanted."),
    ),
    Measure(
        path="n_global_prompts_left_out",
        label=word("global prompts left out"),
        definition=word("Prompts of the benchmark that some variant lacks."),
    ),
    Measure(
        path="n_regional_prompts_left_out",
        label=word("regional prompts left out"),
        definition=word("Prompts of the study that some variant lacks."),
    ),
    Measure(
        path="n_global_prompts_for_choosing",
        label=word("global prompts for choosing"),
        definition=word("Prompts of the benchmark on which the variant was chosen."),
    ),
    Measure(
        path="n_regional_prompts_for_choosing",
        label=word("regional prompts for choosing"),
        definition=word("Prompts of the study on which the variant was chosen."),
    ),
    Measure(
        path="q_global",
        label=word("global quality"),
        definition=word("Mean of the global metrics, on the named scale."),
    ),
    Measure(
        path="q_regional",
        label=word("regional quality"),
        definition=word("Mean of the regional metrics, on the named scale."),
    ),
    Measure(
        path="is_on_frontier",
        label=word("on the frontier"),
        definition=word(
            "1 when no other variant is at least as good in both qualities and better in one."
        ),
    ),
    Measure(
        path="at_least",
        label=word("to be kept"),
        definition=word("Share of global quality that the rule wants kept."),
    ),
)
