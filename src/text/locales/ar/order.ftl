# What the draft, the placed order and the shop's card say alike.
