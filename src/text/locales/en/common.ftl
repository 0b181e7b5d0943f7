# Pieces that other texts are put together from.

common-comma = {", "}
common-and = {" and "}
common-quoted = "{ $text }"
common-none = none
# The end of a list that does not fit; $count: how many are left out.
common-more = … and { $count } more
# One value alone.
common-value = { $value }
