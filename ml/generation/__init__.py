"""Pictures from prompts: what is made of the plan, batch by batch, with one model or a sweep."""
