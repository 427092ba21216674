"""A data ablation as charts, words and files, from what answers.ablate found."""
