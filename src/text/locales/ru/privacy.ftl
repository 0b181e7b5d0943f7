# What is kept, who sees it, and how it is deleted.

privacy-policy =
    Мы храним ваше имя, номер телефона и адрес так, как вы их указали, и ваши заказы, чтобы в «{ $shop }» могли их приготовить и доставить. Заказы есть и в таблице заведения. Чтобы понять заказ, его текст может быть отправлен в OpenAI; ваше имя в Telegram и номер вместе с ним не отправляются.

    /mydata показывает, что мы о вас храним. /deleteme удаляет это: заказы остаются в учёте заведения с суммами, но без имени, номера, адреса, аллергий и примечаний. Написанное в этом чате остаётся в Telegram, пока вы не удалите чат.
privacy-ask-deletion =
    Удалить всё, что мы о вас храним: имя, номер телефона, адрес и то, что вы писали к заказам? Это нельзя отменить.

    Нажмите кнопку или напишите «удалить» или «оставить».
privacy-kept = Хорошо, ничего не удалено.
privacy-forgotten = Готово. Мы больше ничего о вас не храним; оформленные заказы остаются в учёте заведения без вашего имени, номера, адреса и примечаний. Если вы напишете снова, начнём с чистого листа.
privacy-under-way =
    { $count ->
        [one] Ваш заказ { $orders } ещё в работе, и заведению нужно знать, чей он. Пришлите /deleteme ещё раз, когда получите его, или сначала отмените его в /orders.
       *[other] Ваши заказы { $orders } ещё в работе, и заведению нужно знать, чьи они. Пришлите /deleteme ещё раз, когда получите их, или сначала отмените их в /orders.
    }

privacy-nothing = Мы ничего о вас не храним.
privacy-title = <b>Что мы о вас храним</b>
privacy-id = Id в Telegram: { $id }
privacy-name = Имя: { $name }
privacy-phone = Телефон: { $phone }
privacy-address = Адрес: { $address }
privacy-language = Язык: { $language }
privacy-first-seen = Первое сообщение: { $day }
privacy-last-seen = Последнее сообщение: { $day }
privacy-draft = Неоформленный заказ, до { $day }: см. /cart
privacy-no-orders = Заказов нет.
privacy-orders =
    { $count ->
        [one] <b>Ваш { $count } последний заказ</b>, сначала новые; более ранние хранятся так же:
        [few] <b>Ваши { $count } последних заказа</b>, сначала новые; более ранние хранятся так же:
       *[other] <b>Ваши { $count } последних заказов</b>, сначала новые; более ранние хранятся так же:
    }
privacy-order = { $order }, { $day }, { $status }
privacy-order-items = { $items }: { $price }
privacy-order-name = на имя: { $text }
privacy-order-phone = телефон: { $text }
privacy-order-address = адрес: { $text }
privacy-order-time = когда: { $text }
privacy-order-note = примечание: { $text }
privacy-order-allergy = аллергия: { $text }
privacy-semicolon = {"; "}
privacy-end = Заведение может выдать вам всё это файлом. Чтобы удалить: /deleteme
