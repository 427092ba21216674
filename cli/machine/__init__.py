"""Everything on one machine: its folder, its processes, what is known about them."""
