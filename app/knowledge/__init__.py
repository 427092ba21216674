"""Knowledge bases and their passages."""
