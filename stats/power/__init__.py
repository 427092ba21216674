"""How many prompts and ratings it takes to see an effect, before anybody rates."""
