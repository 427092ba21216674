"""What launches of several jobs that are compared have alike."""
