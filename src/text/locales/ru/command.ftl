# The commands as Telegram lists them.

command-start = Поздороваться
command-help = Как заказать
command-menu = Что можно заказать
command-cart = Ваш заказ на данный момент
command-orders = Ваши последние заказы
command-cancel = Отменить открытый заказ
command-privacy = Что мы храним и кто это видит
command-mydata = Всё, что мы о вас храним
command-deleteme = Удалить ваши данные
command-language = Выбрать язык
