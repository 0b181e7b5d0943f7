# An order's card in the operator chat, and the short answers to the taps below it.

card-title = <b>Заказ { $order }</b> — { $status }
card-status-placed = 🆕 новый
card-status-accepted = 👩‍🍳 принят
card-status-ready = 🔔 готов
card-status-done = ✅ выполнен
card-status-rejected = 🚫 отклонён
card-status-cancelled = ❌ отменён клиентом
card-status-expired = ⌛ просрочен
card-large = ⚠️ <b>Большой заказ</b>: больше заданных вами пределов. Он ждёт вашего ответа.
card-allergy = ⚠️ <b>Аллергия: { $allergy }</b>
card-note = 📝 { $note }
card-total = <b>Итого: { $price }</b>, оплата наличными
card-contact = Контакт: { $contact }

card-accept = ✅ Принять
card-reject = 🚫 Отклонить
card-ready = 🔔 Готов
card-finish = ✔️ Выполнен
card-delay = +{ $minutes } мин

card-moved = Готово, статус: { $status }
card-cannot-move = Невозможно: заказ уже { $status }.
card-no-order = Такого заказа нет.
card-not-allowed = Это могут только сотрудники заведения.
card-failed = В боте что-то пошло не так. Пожалуйста, нажмите ещё раз.
# Where an order stands, in one word.
card-status-word =
    { $status ->
        [pending] ждёт одобрения
        [on_the_way] в пути
        [placed] оформлен
        [accepted] принят
        [ready] готов
        [done] выполнен
        [rejected] отклонён
        [cancelled] отменён
       *[expired] просрочен
    }
