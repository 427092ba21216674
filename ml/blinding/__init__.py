"""Makes pictures of all arms alike in everything but what they show. Knows no study."""
