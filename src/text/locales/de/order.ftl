# What the draft, the placed order and the shop's card say alike.

# $n: number of the line; $item: one of the texts below.
order-line = { $n }. { $item }
order-item = { $quantity } × { $name }
order-item-with = { $quantity } × { $name } ({ $options })
order-priced = { $item } — { $price }

# An option of a line: "large", "2 x vanilla", "no onions", "extra cheese", "light sauce".
order-option = { $name }
order-option-many = { $count } x { $name }
order-option-without = ohne { $option }
order-option-extra = extra { $option }
order-option-light = wenig { $option }
order-option-priced = { $option } +{ $price }

order-fee = Lieferung: { $price }
order-total = <b>Gesamt: { $price }</b>
order-way-delivery-to = Lieferung an: { $address }
order-way-delivery = Lieferung
order-way-pickup = Abholung im Laden
order-way-dine-in = Zum Essen im Laden
order-phone = Telefon: { $phone }
order-time = Wann: { $time }
order-allergy = Allergie: { $allergy }
order-note = Anmerkung: { $note }
order-large = ℹ️ Das ist eine große Bestellung: Der Laden bestätigt sie, bevor er sie zubereitet.

# Where an order stands, as its customer reads it.
order-status =
    { $status ->
        [pending] wartet auf die Zustimmung des Ladens
        [on_the_way] unterwegs zu dir
        [placed] aufgegeben, wartet auf den Laden
        [accepted] angenommen
        [ready] fertig
        [done] abgeschlossen
        [rejected] vom Laden abgelehnt
        [cancelled] zurückgenommen
       *[expired] abgelaufen
    }
