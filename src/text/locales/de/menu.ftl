# The pages of the menu.

menu-title = <b>{ $name }</b>
menu-item = { $name } — { $price }
menu-description = {"   "}<i>{ $text }</i>
menu-item-button = { $name } { $price }
menu-more = Weiteres
menu-how = Tippe auf eine Überschrift, um mit Knöpfen zu bestellen, oder schreib einfach, was du möchtest.
menu-nothing = Hier gibt es im Moment nichts.
menu-tap = Tippe an, was du möchtest.
