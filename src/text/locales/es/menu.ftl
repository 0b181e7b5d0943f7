# The pages of the menu.

menu-title = <b>{ $name }</b>
menu-item = { $name } — { $price }
menu-description = {"   "}<i>{ $text }</i>
menu-item-button = { $name } { $price }
menu-more = Más
menu-how = Toca un apartado para pedir con botones, o escribe sin más lo que te apetece.
menu-nothing = Aquí no hay nada en este momento.
menu-tap = Toca lo que te apetece.
