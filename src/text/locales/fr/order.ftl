# What the draft, the placed order and the shop's card say alike.

# $n: number of the line; $item: one of the texts below.
order-line = { $n }. { $item }
order-item = { $quantity } × { $name }
order-item-with = { $quantity } × { $name } ({ $options })
order-priced = { $item } — { $price }

# An option of a line: "large", "2 x vanilla", "no onions", "extra cheese", "light sauce".
order-option = { $name }
order-option-many = { $count } x { $name }
order-option-without = sans { $option }
order-option-extra = supplément { $option }
order-option-light = peu de { $option }
order-option-priced = { $option } +{ $price }

order-fee = Livraison : { $price }
order-total = <b>Total : { $price }</b>
order-way-delivery-to = Livraison à : { $address }
order-way-delivery = Livraison
order-way-pickup = À emporter, retrait sur place
order-way-dine-in = À consommer sur place
order-phone = Téléphone : { $phone }
order-time = Quand : { $time }
order-allergy = Allergie : { $allergy }
order-note = Remarque : { $note }
order-large = ℹ️ C'est une grosse commande : le restaurant la confirmera avant de la préparer.

# Where an order stands, as its customer reads it.
order-status =
    { $status ->
        [pending] en attente de l'accord du restaurant
        [on_the_way] en route vers vous
        [placed] passée, en attente du restaurant
        [accepted] acceptée
        [ready] prête
        [done] terminée
        [rejected] refusée par le restaurant
        [cancelled] annulée
       *[expired] expirée
    }
