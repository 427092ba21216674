"""Which pictures look alike: a hash proposes, an index finds, the kept ones lie on disk."""
