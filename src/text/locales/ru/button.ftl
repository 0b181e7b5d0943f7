# The customer's buttons. Each has letters, and writing them does the same as tapping.

button-confirm = ✅ Подтвердить
button-cancel = ❌ Отменить
button-edit = ✏️ Изменить
button-pickup = 🏃 Самовывоз
button-delivery = 🛵 Нужна доставка
button-menu = 📖 Меню
button-back = ⬅️ Назад
button-menu-back = ⬅️ Меню
button-less = ➖ Меньше
button-more = ➕ Больше
button-less-of = ➖ Меньше ({ $line })
button-more-of = ➕ Больше ({ $line })
button-line = ✏️ Строка { $line }: { $quantity } × { $name }
button-option = { $name }
button-option-priced = { $name } +{ $price }
button-take-back = ❌ Отменить { $order }
button-delete = 🗑 Да, удалить
button-keep = Нет, оставить
button-share-phone = 📱 Поделиться номером
button-share-location = 📍 Поделиться геопозицией
