# Pieces that other texts are put together from.
