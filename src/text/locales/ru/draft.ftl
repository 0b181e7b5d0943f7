# The draft's message, and what it becomes when the draft has ended.

draft-title = <b>Ваш заказ</b>
draft-tap-options = Нажмите на вариант для <b>{ $item }</b>, чтобы добавить или убрать его.
draft-gone = ⚠️ Больше нет в наличии: { $item }
draft-choose = ❓ Пожалуйста, выберите: { $group } — { $item }
draft-minimum = ❗ Доставка возможна от { $price }.
draft-missing = ❗ Ещё нужно: { $details }
draft-name = ваше имя
draft-phone = ваш номер телефона
draft-address = ваш адрес

draft-placed = ✅ <b>Заказ { $order } оформлен</b>
draft-placed-bare = ✅ Ваш заказ оформлен.
draft-will-write = Мы напишем вам, когда заведение его увидит.
draft-given-up = ❌ Этот заказ отменён. Напишите, что вы хотите, чтобы начать заново.
draft-expired = ⌛ Этот заказ не подтвердили вовремя, и его срок истёк.
