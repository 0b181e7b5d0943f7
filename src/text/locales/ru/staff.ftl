# The operator chat: commands, reports, alerts.

staff-unknown = Команды /{ $name } нет. Все команды: /help.
staff-unknown-near = Команды /{ $name } нет. Может быть, /{ $nearest }? Все команды: /help.
staff-owners-only = Команда /{ $name } только для владельцев.
staff-failed = В боте произошла ошибка, ничего не изменено. Попробуйте ещё раз.
staff-cards-in-topic = Новые карточки заказов будут приходить в эту тему. /here в другой теме перенесёт их туда.
staff-cards-here = Новые карточки заказов будут приходить сюда.
staff-help = Заказы приходят сюда карточками: нажимайте на кнопки, и клиент узнаёт о каждом шаге.
staff-help-owners = Для владельцев:
staff-usage = Напишите, пожалуйста, так:
staff-command-help = Что здесь можно делать
staff-command-here = Присылать карточки заказов в эту тему
