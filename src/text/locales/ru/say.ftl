# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.

say-start = старт | начать
say-help = помощь
say-menu = меню | покажи меню | покажите меню | что есть в меню
say-cart = корзина | моя корзина | мой заказ | покажи мой заказ | покажите мой заказ
say-orders = заказы | мои заказы
say-cancel = отменить | отмена
say-privacy = конфиденциальность
say-my-data = мои данные | покажи мои данные | покажите мои данные
say-delete-me = удали мои данные | удалите мои данные | удалить мои данные | забудь меня | забудьте меня
say-edit = изменить | изменить заказ | редактировать | редактировать заказ
say-language = язык | языки | сменить язык | выбрать язык
# Answers to whether to forget the customer.
say-delete-yes = да
say-delete-now = удалить | удали | удалите | да удалить | да удали | да удалите | да удалите всё | удалите всё | удалить всё | да удалите мои данные | удалите мои данные
say-delete-no = нет | оставить | оставьте | нет оставить | нет оставьте | ничего не удаляйте
# Before and behind the id of an order that is to be taken back.
say-take-back = отменить { $order } | отмени { $order } | отмените { $order } | отменить заказ { $order }
# Words that tell this language from the others.
say-telling = и | с | без | пожалуйста | для | мне | хочу | два | две | три | четыре | ещё
