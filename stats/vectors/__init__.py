"""How vectors of things lie to each other: alike in two models, the same in two languages."""
