# Reordering, editing, saved details, voice notes, consent.


customer-command-reorder = То же, что в прошлый раз, по сегодняшним ценам
customer-command-details = Ваши имя, номер и адрес: изменить или забыть

customer-say-again = то же самое | ещё раз то же самое | как в прошлый раз
customer-say-last = повторить заказ | повторить последний заказ
customer-say-usual = как обычно | как всегда
customer-say-details = мои реквизиты | мои контакты
customer-say-ai-on = с ии | использовать ии
customer-say-ai-off = без ии
customer-say-change-name = изменить имя | изменить моё имя
customer-say-change-phone = изменить номер | изменить мой номер | изменить телефон
customer-say-change-address = изменить адрес | изменить мой адрес
customer-say-forget-name = забыть имя | забыть моё имя
customer-say-forget-phone = забыть номер | забыть мой номер | забыть телефон
customer-say-forget-address = забыть адрес | забыть мой адрес

customer-button-again = 🔁 { $order } ещё раз
customer-button-change-name = ✏️ Изменить имя
customer-button-change-phone = ✏️ Изменить номер
customer-button-change-address = ✏️ Изменить адрес
customer-button-forget-phone = 🗑 Забыть номер
customer-button-forget-address = 🗑 Забыть адрес
customer-button-ai-on = 🤖 С ИИ
customer-button-ai-off = 🙅 Без ИИ

customer-details-title = <b>Что мы используем для следующего заказа</b>
customer-details-how = Нажмите кнопку или напишите, например, «изменить адрес» или «забыть номер».
customer-forgot-name = Мы забыли ваше имя; вместо него используется имя из Telegram.
customer-forgot-phone = Мы забыли ваш номер телефона.
customer-forgot-address = Мы забыли ваш адрес.

customer-edited-placed = Заказ { $order } уже оформлен, поэтому ваше сообщение его не меняет. Его можно отменить («cancel { $order }») и заказать заново или прислать недостающее новым заказом.
customer-edited-at-work = Заказ { $order }: { $status }. Поэтому ваше сообщение его не меняет. Чтобы что-то изменить, позвоните нам.

customer-heard = 🎤 «{ $text }»
customer-voice-long =
    { $seconds ->
        [one] Я слушаю голосовые сообщения до { $seconds } секунды. Пришлите сообщение короче или напишите, что вы хотите.
       *[other] Я слушаю голосовые сообщения до { $seconds } секунд. Пришлите сообщение короче или напишите, что вы хотите.
    }
customer-voice-no-more = Сегодня я больше не могу слушать голосовые сообщения. Напишите, пожалуйста, что вы хотите.
customer-voice-no-ai = Ни один сервис ИИ не читает ваши сообщения, а без него я не могу слушать. Напишите, что вы хотите, или напишите «с ИИ».
customer-voice-failed = Я не смог разобрать это голосовое сообщение. Пришлите его ещё раз или напишите, что вы хотите.

customer-consent-notice = ℹ️ Сервис ИИ (OpenAI) читает ваши слова, чтобы понять их, а заказы хранятся в таблице заведения. Подтвердите, если согласны; напишите «без ИИ», если он не должен читать дальше. /privacy
customer-consent-ask = ℹ️ Заказы хранятся в таблице заведения. Я пойму больше, если сервису ИИ (OpenAI) можно читать ваши слова: напишите «с ИИ», если согласны. /privacy
customer-ai-on = Хорошо: теперь ваши слова читает сервис ИИ.
customer-ai-off = Хорошо: теперь ни один сервис ИИ не читает ваши слова.
customer-privacy-reads = Сейчас то, что вы пишете, отправляется в OpenAI. Чтобы заказывать без этого, напишите «без ИИ».
customer-privacy-not = Сейчас то, что вы пишете, не отправляется ни в OpenAI, ни в другой сервис ИИ. Чтобы разрешить это, напишите «с ИИ».
customer-data-ai-unchosen = ИИ может читать ваши слова: вы не выбрали
customer-data-ai-yes = ИИ может читать ваши слова: да, с { $day }
customer-data-ai-no = ИИ может читать ваши слова: нет, с { $day }
