"""What adaptation does, what retrieval does, and both together: launched, shown, made a study."""
