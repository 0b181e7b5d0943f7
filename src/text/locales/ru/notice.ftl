# Short answers to a tap, below 200 characters and without HTML; and why something was refused.

notice-placed = Ваш заказ оформлен.
notice-already-placed = Этот заказ уже оформлен. См. /orders.
notice-cancelled = Готово.
notice-outdated = Эта кнопка устарела. Напишите, что вы хотите, или откройте /cart.
notice-changed = Заказ изменился. Пожалуйста, проверьте его и нажмите ещё раз.
notice-missing = Сначала пришлите, пожалуйста: { $details }.
notice-choose = Сначала выберите, пожалуйста: { $group } — { $item }.
notice-minimum = Доставка возможна от { $price }. Добавьте что-нибудь или заберите заказ сами.
notice-gone = Больше нет в наличии: { $items }. Пожалуйста, проверьте заказ.
notice-added = Добавлено: { $item }
notice-too-late = Заведение уже готовит этот заказ. Пожалуйста, позвоните туда.
notice-no-such-order = У вас нет такого заказа. См. /orders.
notice-over = Этот заказ уже { $status }.

notice-warning = ⚠️ { $text }
notice-no-item = Чего-то из вашего сообщения нет в меню.
notice-sold-out = { $item }: сейчас нет в наличии.
notice-no-line = Не удалось найти строку заказа, которую вы хотели изменить.
notice-no-option = { $item }: такого варианта нет.
notice-too-many-options = { $item }: не больше { $max } из «{ $group }».
notice-quantity = { $item }: такого количества быть не может. Пожалуйста, напишите ещё раз, сколько.
notice-full = В заказе уже столько строк, сколько помещается.
