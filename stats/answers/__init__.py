"""Answers to questions: what an answer says, whether it is right, and how many are."""
