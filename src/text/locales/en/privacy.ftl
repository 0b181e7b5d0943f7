# What is kept, who sees it, and how it is deleted.

privacy-policy =
    We keep your name, phone number and address as you gave them, and your orders, so that { $shop } can make and bring them. Orders also stand in the shop's own spreadsheet. To understand an order, its text may be sent to OpenAI; your Telegram name and number are not sent with it.

    /mydata shows what we keep about you. /deleteme deletes it: your orders stay in the shop's books with their figures, without your name, number, address, allergies and notes. What was written in this chat stays with Telegram until you delete the chat.
privacy-ask-deletion =
    Shall we delete everything that we keep about you: name, phone number, address and what you have said with your orders? This cannot be undone.

    Tap a button, or write "delete" or "keep".
privacy-kept = All right, nothing was deleted.
privacy-forgotten = Done. We keep nothing about you any more; orders that you had placed stay in the shop's books without your name, number, address and notes. If you write again, we begin anew.
privacy-under-way =
    { $count ->
        [one] Your order { $orders } is
       *[other] Your orders { $orders } are
    } still under way, and the shop needs to know whose. Please send /deleteme again when you have it, or take it back in /orders first.

privacy-nothing = We keep nothing about you.
privacy-title = <b>What we keep about you</b>
privacy-id = Telegram id: { $id }
privacy-name = Name: { $name }
privacy-phone = Phone: { $phone }
privacy-address = Address: { $address }
privacy-language = Language: { $language }
privacy-first-seen = First message: { $day }
privacy-last-seen = Latest message: { $day }
privacy-draft = An order that you have not placed, until { $day }: see /cart
privacy-no-orders = No orders.
privacy-orders =
    { $count ->
        [one] <b>Your latest order</b>; older ones are kept in the same way:
       *[other] <b>Your latest { $count } orders</b>, newest first; older ones are kept in the same way:
    }
privacy-order = { $order }, { $day }, { $status }
privacy-order-items = { $items }: { $price }
privacy-order-name = to: { $text }
privacy-order-phone = phone: { $text }
privacy-order-address = address: { $text }
privacy-order-time = when: { $text }
privacy-order-note = note: { $text }
privacy-order-allergy = allergy: { $text }
privacy-semicolon = {"; "}
privacy-end = The shop can give you all of it as a file. To have it deleted: /deleteme
