"""Students and their teachers: measured one by one, and joined into what a study finds."""
