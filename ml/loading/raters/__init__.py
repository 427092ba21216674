"""Models of people's taste: from a picture and its caption to one number."""
