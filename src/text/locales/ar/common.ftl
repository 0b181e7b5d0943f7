# Pieces that other texts are put together from. Here as in all rooms: a line begins with an Arabic letter or with the
# mark U+200F, so that it runs from the right whatever name stands in it, and a command has the mark U+200E before it.

common-comma = {"، "}
common-and = {" و"}
common-quoted = {"\u200F"}«{ $text }»
common-none = لا شيء
# The end of a list that does not fit; $count: how many are left out.
common-more = {"\u200F"}… و{ $count } غيرها
# One value alone.
common-value = {"\u200F"}{ $value }
