"""What steps read: arrays on disk, an order that repeats, and parts that are made ahead."""
