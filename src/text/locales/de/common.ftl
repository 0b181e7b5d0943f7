# Pieces that other texts are put together from.

common-comma = {", "}
common-and = {" und "}
common-quoted = „{ $text }“
common-none = nichts
# The end of a list that does not fit; $count: how many are left out.
common-more = … und { $count } weitere
# One value alone.
common-value = { $value }
