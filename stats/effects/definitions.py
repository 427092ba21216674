"""What each number of a comparison is, in a sentence that is printed beside it."""

ARM_MEAN = "mean over prompts of the arm's mean rating; {how}"
BASELINE_MEAN = "mean over prompts of the baseline's mean rating; {how}"
TWO_WAY = (
    "two-way cluster-robust interval (prompts and raters), Student t with min(prompts, raters) - 1 "
    "degrees of freedom"
)
DIFFERENCE = "prompt-paired difference of means, arm minus baseline; {how}"
BOOTSTRAP = "bootstrap over prompts, percentile interval: for these raters"
NAIVE = (
    "difference of the means of all ratings, arm minus baseline; Welch interval that takes every "
    "rating for independent: for comparison only"
)
SIGN_FLIP = "two-sided sign-flip permutation p by prompt, for these raters; {how}"
ALL_PATTERNS = "all patterns counted"
DRAWN_PATTERNS = "patterns drawn at random"
HOLM = "Holm's correction of the sign-flip p over a family of {num} comparisons"
WILCOXON = (
    "two-sided Wilcoxon signed-rank p of the prompts' differences; zeros ranked and then dropped "
    "(Pratt), {num} of them; {how}"
)
CLIFF = (
    "Cliff's delta: share of pairs of ratings where the arm's is higher minus share where it is "
    "lower; bootstrap over prompts"
)
LOG_ODDS = (
    "cumulative logit mixed model, random intercepts for raters and items, Laplace; difference of "
    "log-odds of a higher level, arm minus baseline, Wald interval{sampled}"
)
P_LOG_ODDS = "two-sided Wald p of the mixed model's log-odds{sampled}"
SAMPLED = "; on a random sample of whole prompts, at most {num:,} ratings"
