# Paying in Telegram: invoices, why a payment is declined, what the shop is told about money.

payment-button-pay = 💳 Оплатить сейчас
payment-button-refunded = ✅ Возвращено
payment-say-pay = оплатить | оплатить сейчас | картой | оплатить картой | оплатить онлайн

payment-waiting = ждёт оплаты
payment-card-paid = <b>Итого: { $price }</b>, оплачено картой
payment-card-tip = Чаевые: { $price }

payment-placed = ⏳ <b>Заказ { $order } ждёт вашей оплаты</b>
payment-pay-below = Оплатите его ниже: заведение получит его после оплаты.
payment-received = ✅ Мы получили вашу оплату { $amount }. Заказ { $order } оформлен; мы напишем, когда заведение его увидит.
payment-expired = ⌛ Заказ { $order } не был оплачен вовремя и истёк; платить ничего не нужно. Заказать то же самое: /reorder
payment-impossible = К сожалению, заказ { $order } нельзя оплатить в Telegram, поэтому он не оформлен. Заказать то же самое и заплатить при получении: /reorder
payment-refund = Заказ { $order } не будет приготовлен или был оплачен дважды. Заведение вернёт вам { $amount }; это может занять несколько дней.
payment-nothing = Платить не за что. Напишите, что вы хотите, или посмотрите /menu.
payment-none = Вы платите при получении заказа. Чтобы оформить его, напишите «да».

payment-first = Пожалуйста, оплатите заказ сейчас.
payment-under-way = Оплата этого заказа уже идёт. Попробуйте ещё раз через минуту.

payment-title = Заказ { $order }
payment-delivery = Доставка

payment-declined-unknown = У нас нет такого вашего заказа.
payment-declined-paid = Этот заказ уже оплачен.
payment-declined-closed = Этот заказ больше нельзя оплатить. Заказать то же самое: /reorder
payment-declined-under-way = Другая оплата этого заказа уже идёт. Если она не пройдёт, попробуйте ещё раз через минуту.
payment-declined-amount = Этот счёт не совпадает с заказом. Пожалуйста, закажите ещё раз.
payment-declined-gone = Больше нет: { $items }. Отмените этот заказ и закажите заново.
payment-declined-late = Мы отвечали слишком долго. Ничего не оплачено; попробуйте ещё раз.

payment-alarm-refund = 🚨 <b>Вернуть { $amount } за заказ { $order }</b>
payment-alarm-step = Клиент оплатил его в Telegram, но он не будет приготовлен или был оплачен дважды. Найдите платёж у платёжного провайдера и верните его там, затем нажмите кнопку.
payment-alarm-charge = Платёж: <code>{ $charge }</code>, { $amount }
payment-alarm-done = ✅ Оплата заказа { $order } возвращена.
payment-alarm-unconfirmed = ⚠️ Заказ { $order } ({ $amount }) истёк неоплаченным, но оплата была начата, и мы не узнали, чем она закончилась. Проверьте у платёжного провайдера, прошла ли она, и верните её, если да.
payment-alarm-stray = 🚨 <b>Пришла оплата { $amount } за заказ, которого у нас нет.</b> Найдите её у платёжного провайдера и верните: <code>{ $charge }</code>
