# What the draft, the placed order and the shop's card say alike.

# $n: number of the line; $item: one of the texts below.
order-line = { $n }. { $item }
order-item = { $quantity } × { $name }
order-item-with = { $quantity } × { $name } ({ $options })
order-priced = { $item } — { $price }

# An option of a line: "large", "2 x vanilla", "no onions", "extra cheese", "light sauce".
order-option = { $name }
order-option-many = { $count } x { $name }
order-option-without = no { $option }
order-option-extra = extra { $option }
order-option-light = light { $option }
order-option-priced = { $option } +{ $price }

order-fee = Delivery: { $price }
order-total = <b>Total: { $price }</b>
order-way-delivery-to = Delivery to: { $address }
order-way-delivery = Delivery
order-way-pickup = Pick-up at the shop
order-way-dine-in = To eat in the shop
order-phone = Phone: { $phone }
order-time = When: { $time }
order-allergy = Allergy: { $allergy }
order-note = Note: { $note }
order-large = ℹ️ This is a large order: the shop will confirm it before making it.

# Where an order stands, as its customer reads it.
order-status =
    { $status ->
        [pending] waiting for the shop's approval
        [on_the_way] on its way to you
        [placed] placed, waiting for the shop
        [accepted] accepted
        [ready] ready
        [done] done
        [rejected] rejected by the shop
        [cancelled] taken back
       *[expired] expired
    }
