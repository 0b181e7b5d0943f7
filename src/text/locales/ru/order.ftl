# What the draft, the placed order and the shop's card say alike.

# $n: number of the line; $item: one of the texts below.
order-line = { $n }. { $item }
order-item = { $quantity } × { $name }
order-item-with = { $quantity } × { $name } ({ $options })
order-priced = { $item } — { $price }

# An option of a line: "large", "2 x vanilla", "no onions", "extra cheese", "light sauce".
order-option = { $name }
order-option-many = { $count } x { $name }
order-option-without = без: { $option }
order-option-extra = больше: { $option }
order-option-light = меньше: { $option }
order-option-priced = { $option } +{ $price }

order-fee = Доставка: { $price }
order-total = <b>Итого: { $price }</b>
order-way-delivery-to = Доставка по адресу: { $address }
order-way-delivery = Доставка
order-way-pickup = Самовывоз
order-way-dine-in = В заведении
order-phone = Телефон: { $phone }
order-time = Когда: { $time }
order-allergy = Аллергия: { $allergy }
order-note = Примечание: { $note }
order-large = ℹ️ Это большой заказ: заведение подтвердит его, прежде чем готовить.

# Where an order stands, as its customer reads it.
order-status =
    { $status ->
        [pending] ждёт одобрения заведения
        [on_the_way] уже едет к вам
        [placed] оформлен, ждёт ответа заведения
        [accepted] принят
        [ready] готов
        [done] выполнен
        [rejected] отклонён заведением
        [cancelled] отменён
       *[expired] просрочен
    }
