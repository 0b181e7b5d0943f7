# The pages of the menu.

menu-title = <b>{ $name }</b>
menu-item = { $name } — { $price }
menu-description = {"   "}<i>{ $text }</i>
menu-item-button = { $name } { $price }
menu-more = Autres
menu-how = Touchez une rubrique pour commander avec les boutons, ou écrivez simplement ce que vous désirez.
menu-nothing = Il n'y a rien ici pour le moment.
menu-tap = Touchez ce que vous désirez.
