# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.

say-start = commencer | démarrer
say-help = aide
say-menu = menu | la carte | carte | le menu | voir le menu | voir la carte | montrez-moi le menu | montrez-moi la carte
say-cart = panier | mon panier | ma commande | voir ma commande | voir le panier
say-orders = commandes | mes commandes
say-cancel = annuler
say-privacy = confidentialité
say-my-data = mes données | voir mes données
say-delete-me = supprimez mes données | supprimer mes données | effacez mes données | oubliez-moi
say-edit = modifier | modifier la commande | modifier ma commande | changer la commande
say-language = langue | langues | changer de langue | changer la langue
# Answers to whether to forget the customer.
say-delete-yes = oui
say-delete-now = supprimer | supprimez | supprimez tout | oui supprimez | oui supprimer | oui supprimez tout | oui supprimez mes données | supprimez mes données
say-delete-no = non | garder | gardez | non gardez | gardez tout | ne supprimez rien
# Before and behind the id of an order that is to be taken back.
say-take-back = annuler { $order } | annulez { $order } | annule { $order }
# Words that tell this language from the others.
say-telling = et | avec | sans | pour | le | les | une | des | du | deux | trois | quatre | je | voudrais | veux | aussi | s'il | vous | plaît | moi | prends
