"""Read collections of pictures with captions, item by item."""
