"""Finding pictures by texts and texts by pictures: ranks, and what is measured of them."""
