# Short answers to a tap, below 200 characters and without HTML; and why something was refused.

notice-placed = Your order is placed.
notice-already-placed = This order is already placed. See /orders.
notice-cancelled = Done.
notice-outdated = This button is too old. Write what you would like, or see /cart.
notice-changed = The order has changed. Please check it and tap again.
notice-missing = Please send { $details } first.
notice-choose = Please choose first: { $group } for { $item }.
notice-minimum = Delivery starts at { $price }. Add something, or pick it up.
notice-gone = No longer to be had: { $items }. Please check the order.
notice-added = Added: { $item }
notice-too-late = The shop is already making this order. Please call the shop.
notice-no-such-order = You have no such order. See /orders.
notice-over = This order is already { $status }.

notice-warning = ⚠️ { $text }
notice-no-item = Something in your message is not on the menu.
notice-sold-out = { $item } is not to be had at the moment.
notice-no-line = I did not find the line of your order that you meant to change.
notice-no-option = { $item } cannot be had in that way.
notice-too-many-options = { $item }: at most { $max } of { $group }.
notice-quantity = { $item }: that number cannot be right. Please write how many again.
notice-full = The order has as many lines as it can hold.
