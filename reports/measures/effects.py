"""What an arm changes against the baseline, and the model behind the check."""

from reports.language import word
from reports.measures.measure import Measure

EFFECTS = (
    Measure(
        path="difference",
        label=word("difference"),
        definition=word(
            "Mean over prompts of the arm's ratings minus the baseline's, in levels. The interval "
            "knows that ratings of one prompt and of one rater hang together: two-way "
            "cluster-robust, Student t."
        ),
    ),
    Measure(
        path="difference_prompt_bootstrap",
        label=word("difference, prompts redrawn"),
        definition=word("The same; interval from drawing prompts again, for these raters."),
    ),
    Measure(
        path="difference_naive",
        label=word("difference, naive"),
        definition=word(
            "Difference of the means of all ratings, as if each were independent. For comparison "
            "only: its interval is too narrow."
        ),
    ),
    Measure(
        path="arm_mean",
        label=word("mean of the arm"),
        definition=word("Mean over prompts of the mean rating of the arm."),
    ),
    Measure(
        path="baseline_mean",
        label=word("mean of the baseline"),
        definition=word("Mean over prompts of the mean rating of the baseline."),
    ),
    Measure(
        path="p_sign_flip",
        label=word("p, sign flips"),
        definition=word(
            "How often a difference at least as large comes about when arm and baseline are "
            "swapped at random within prompts."
        ),
    ),
    Measure(
        path="p_sign_flip_holm",
        label=word("p, corrected"),
        definition=word("The same after Holm's correction for the number of comparisons."),
    ),
    Measure(
        path="p_wilcoxon",
        label=word("p, Wilcoxon"),
        definition=word("Wilcoxon's signed-rank test of the prompts' differences."),
    ),
    Measure(
        path="cliffs_delta",
        label=word("Cliff's delta"),
        definition=word(
            "How much more often a rating of the arm is above one of the baseline than below it: "
            "from -1 to 1, whatever numbers the levels have."
        ),
    ),
    Measure(
        path="log_odds",
        label=word("log-odds, mixed model"),
        definition=word(
            "Of a higher level, arm minus baseline, from a cumulative-link model in which raters "
            "and items have their own severity. A check of the difference by another route."
        ),
    ),
    Measure(
        path="p_log_odds",
        label=word("p, mixed model"),
        definition=word("Wald's test of the log-odds."),
    ),
)

MODEL = (
    Measure(
        path="item_sd",
        label=word("spread of outputs"),
        definition=word("Standard deviation of outputs in the mixed model, in log-odds."),
    ),
    Measure(
        path="rater_sd",
        label=word("spread of raters"),
        definition=word("Standard deviation of raters in the mixed model, in log-odds."),
    ),
    Measure(
        path="log_likelihood",
        label=word("log-likelihood"),
        definition=word("Of the mixed model: to compare fits on the same ratings."),
    ),
    Measure(
        path="is_sampled",
        label=word("sampled"),
        definition=word(
            "1 when the mixed model was fitted to a random part of the prompts, else 0."
        ),
    ),
    Measure(
        path="n_prompts_left_out",
        label=word("prompts left out"),
        definition=word("Prompts that have ratings of one of both arms only."),
    ),
    Measure(
        path="n_without_value",
        label=word("without a value"),
        definition=word("Rows without a value, left out."),
    ),
)
