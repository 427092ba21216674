"""PostgreSQL and Redis from wheels, as children of whoever started them."""
