"""From a wish, or a recipe of them, to queued jobs: the way every door launches."""
