# Paying in Telegram: invoices, why a payment is declined, what the shop is told about money.

payment-button-pay = 💳 Pay now
payment-button-refunded = ✅ Paid back
payment-say-pay = pay | pay now | pay by card | pay with card | pay with a card | pay online | by card | card please

payment-waiting = waiting for payment
payment-card-paid = <b>Total: { $price }</b>, paid by card
payment-card-tip = Tip: { $price }

payment-placed = ⏳ <b>Order { $order } waits for your payment</b>
payment-pay-below = Please pay it below: the shop gets it when it is paid.
payment-received = ✅ We have your payment of { $amount }. Order { $order } is placed; we will write to you when the shop has seen it.
payment-expired = ⌛ Order { $order } was not paid in time, so it has expired and nothing is to be paid. To order the same again: /reorder
payment-impossible = Sorry, order { $order } cannot be paid in Telegram, so it was not placed. To order the same again and pay when you get it: /reorder
payment-refund = Order { $order } will not be made, or was paid twice. The shop pays your { $amount } back; this may take some days.
payment-nothing = There is nothing to pay. Write what you would like, or see the /menu.
payment-none = You pay when you get your order. To place it, write "yes".

payment-first = Please pay your order now.
payment-under-way = A payment of this order is under way. Please try again in a minute.

payment-title = Order { $order }
payment-delivery = Delivery

payment-declined-unknown = We have no such order of yours.
payment-declined-paid = This order is already paid.
payment-declined-closed = This order can no longer be paid. To order the same again: /reorder
payment-declined-under-way = Another payment of this order is under way. If nothing comes of it, please try again in a minute.
payment-declined-amount = This invoice does not agree with the order. Please order again.
payment-declined-gone = No longer to be had: { $items }. Please take this order back and order anew.
payment-declined-late = It took us too long to answer. Nothing was paid; please try again.

payment-alarm-refund = 🚨 <b>Pay back { $amount } for order { $order }</b>
payment-alarm-step = The customer has paid for it in Telegram, and it will not be made, or it was paid twice. Find the payment at your payment provider and refund it there, then tap the button.
payment-alarm-charge = Payment: <code>{ $charge }</code>, { $amount }
payment-alarm-done = ✅ The payment of order { $order } was paid back.
payment-alarm-unconfirmed = ⚠️ Order { $order } ({ $amount }) has expired unpaid, but a payment of it was begun and we never heard how it ended. Please look at your payment provider whether it went through, and refund it if so.
payment-alarm-stray = 🚨 <b>A payment of { $amount } has come for an order that we do not have.</b> Find it at your payment provider and refund it: <code>{ $charge }</code>
