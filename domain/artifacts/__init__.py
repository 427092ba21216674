"""Files the product made or was given: where they lie, their digest, their release."""
