"""What people and benchmarks said, as evidence: effects, preferences, the trade-off."""
