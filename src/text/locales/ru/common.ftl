# Pieces that other texts are put together from.

common-comma = {", "}
common-and = {" и "}
common-quoted = «{ $text }»
common-none = нет
# The end of a list that does not fit; $count: how many are left out.
common-more = … и ещё { $count }
# One value alone.
common-value = { $value }
