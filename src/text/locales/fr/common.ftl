# Pieces that other texts are put together from.

common-comma = {", "}
common-and = {" et "}
common-quoted = « { $text } »
common-none = rien
# The end of a list that does not fit; $count: how many are left out.
common-more = … et { $count } de plus
# One value alone.
common-value = { $value }
