# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.

say-start = start
say-help = help
say-menu = menu | the menu | show menu | show me the menu
say-cart = cart | my cart | my order | show cart | show my order | show my cart
say-orders = orders | my orders
say-cancel = cancel
say-privacy = privacy
say-my-data = mydata | my data | show my data
say-delete-me = deleteme | delete my data | delete me | forget me
say-edit = edit | edit order | edit my order
say-language = language | languages | change language
# Answers to whether to forget the customer.
say-delete-yes = yes
say-delete-now = delete | yes delete | yes delete it | yes delete everything | yes delete my data | yes delete all | yes delete all my data | yes delete the data | delete my data | delete everything
say-delete-no = no | keep | no keep | no keep it | no keep them | no keep my data | keep it | keep them | keep my data
# Before and behind the id of an order that is to be taken back.
say-take-back = cancel { $order } | take { $order } back | take back { $order }
# Words that tell this language from the others.
say-telling = the | and | with | without | please | for | my | want | would | like | have | can | of | two | three | four | extra | no | also
