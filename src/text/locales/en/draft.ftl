# The draft's message, and what it becomes when the draft has ended.

draft-title = <b>Your order</b>
draft-tap-options = Tap an option of <b>{ $item }</b> to add it or take it away.
draft-gone = ⚠️ Not to be had any more: { $item }
draft-choose = ❓ Please choose: { $group } for { $item }
draft-minimum = ❗ Delivery starts at { $price }.
draft-missing = ❗ Still needed: { $details }
draft-name = your name
draft-phone = your phone number
draft-address = your address

draft-placed = ✅ <b>Order { $order } is placed</b>
draft-placed-bare = ✅ Your order is placed.
draft-will-write = We will write to you when the shop has seen it.
draft-given-up = ❌ This order was given up. Write what you would like to begin again.
draft-expired = ⌛ This order was not confirmed in time and has expired.
