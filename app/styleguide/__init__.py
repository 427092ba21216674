"""Every part of the pages in every state, for whoever builds the next page."""
