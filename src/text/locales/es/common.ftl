# Pieces that other texts are put together from.

common-comma = {", "}
common-and = {" y "}
common-quoted = «{ $text }»
common-none = nada
# The end of a list that does not fit; $count: how many are left out.
common-more = … y { $count } más
# One value alone.
common-value = { $value }
