# The commands as Telegram lists them.

command-start = Say hello
command-help = How to order
command-menu = What there is to order
command-cart = Your order so far
command-orders = Your latest orders
command-cancel = Give up the order so far
command-privacy = What we keep, and who sees it
command-mydata = All that we keep about you
command-deleteme = Have your data deleted
command-language = Choose your language
