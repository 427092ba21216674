"""Several jobs as one launch: what is compared is all that differs between them."""
