# The pages of the menu.

menu-title = <b>{ $name }</b>
menu-item = { $name } — { $price }
menu-description = {"   "}<i>{ $text }</i>
menu-item-button = { $name } { $price }
menu-more = More
menu-how = Tap a heading to order with buttons, or just write what you would like.
menu-nothing = There is nothing here at the moment.
menu-tap = Tap what you would like.
