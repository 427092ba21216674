"""The row is the truth, the queue is a bell."""
