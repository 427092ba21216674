"""The queue door: Celery, devices, child processes. Decides nothing."""
