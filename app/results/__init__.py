"""What studies found: pages, documents and files for researchers."""
