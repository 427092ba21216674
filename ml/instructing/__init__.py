"""Train a vision-language model on questions with their answers, and go on where it stopped."""
