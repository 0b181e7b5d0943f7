# Short answers to a tap, below 200 characters and without HTML; and why something was refused.

notice-placed = Votre commande est passée.
notice-already-placed = Cette commande est déjà passée. Voir /orders.
notice-cancelled = C'est fait.
notice-outdated = Ce bouton est trop ancien. Écrivez ce que vous désirez, ou voyez /cart.
notice-changed = La commande a changé. Vérifiez-la et touchez à nouveau.
notice-missing = Envoyez d'abord, s'il vous plaît : { $details }.
notice-choose = Veuillez d'abord choisir : { $group } pour { $item }.
notice-minimum = La livraison est possible à partir de { $price }. Ajoutez quelque chose, ou venez la chercher.
notice-gone = Plus disponible : { $items }. Vérifiez la commande, s'il vous plaît.
notice-added = Ajouté : { $item }
notice-too-late = Le restaurant prépare déjà cette commande. Appelez-le, s'il vous plaît.
notice-no-such-order = Vous n'avez pas de commande de ce numéro. Voir /orders.
notice-over = Cette commande est déjà { $status }.

notice-warning = ⚠️ { $text }
notice-no-item = Quelque chose dans votre message n'est pas au menu.
notice-sold-out = { $item } : pas disponible pour le moment.
notice-no-line = Je n'ai pas trouvé la ligne de la commande que vous vouliez changer.
notice-no-option = { $item } : impossible de cette façon.
notice-too-many-options = { $item } : au plus { $max } de { $group }.
notice-quantity = { $item } : ce nombre ne peut pas être juste. Écrivez à nouveau combien, s'il vous plaît.
notice-full = La commande a autant de lignes qu'elle peut en contenir.
