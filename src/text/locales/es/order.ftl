# What the draft, the placed order and the shop's card say alike.

# $n: number of the line; $item: one of the texts below.
order-line = { $n }. { $item }
order-item = { $quantity } × { $name }
order-item-with = { $quantity } × { $name } ({ $options })
order-priced = { $item } — { $price }

# An option of a line: "large", "2 x vanilla", "no onions", "extra cheese", "light sauce".
order-option = { $name }
order-option-many = { $count } x { $name }
order-option-without = sin { $option }
order-option-extra = extra de { $option }
order-option-light = poco { $option }
order-option-priced = { $option } +{ $price }

order-fee = Envío: { $price }
order-total = <b>Total: { $price }</b>
order-way-delivery-to = Entrega en: { $address }
order-way-delivery = Entrega a domicilio
order-way-pickup = Recogida en el local
order-way-dine-in = Para comer en el local
order-phone = Teléfono: { $phone }
order-time = Cuándo: { $time }
order-allergy = Alergia: { $allergy }
order-note = Nota: { $note }
order-large = ℹ️ Es un pedido grande: el local lo confirmará antes de prepararlo.

# Where an order stands, as its customer reads it.
order-status =
    { $status ->
        [pending] a la espera de la aprobación del local
        [on_the_way] en camino
        [placed] enviado, a la espera del local
        [accepted] aceptado
        [ready] listo
        [done] terminado
        [rejected] rechazado por el local
        [cancelled] anulado
       *[expired] caducado
    }
