"""Studies: what is compared, what is asked, and in which state that is."""
