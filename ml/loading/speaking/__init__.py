"""What all families of vision-language models have in common: turns, batches, and the speaker."""
