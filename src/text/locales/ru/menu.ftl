# The pages of the menu.

menu-title = <b>{ $name }</b>
menu-item = { $name } — { $price }
menu-description = {"   "}<i>{ $text }</i>
menu-item-button = { $name } { $price }
menu-more = Остальное
menu-how = Нажмите на раздел, чтобы заказать кнопками, или просто напишите, что вы хотите.
menu-nothing = Здесь пока ничего нет.
menu-tap = Нажмите на то, что хотите.
