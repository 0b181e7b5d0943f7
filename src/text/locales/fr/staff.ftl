# The operator chat: commands, reports, alerts.

staff-unknown = La commande /{ $name } n'existe pas. /help les montre toutes.
staff-unknown-near = La commande /{ $name } n'existe pas. Vouliez-vous dire /{ $nearest } ? /help les montre toutes.
staff-owners-only = /{ $name } est réservée aux propriétaires.
staff-failed = Une erreur s'est produite dans le bot et rien n'a été changé. Veuillez réessayer.
staff-cards-in-topic = Les nouvelles fiches de commande arriveront dans ce sujet. /here dans un autre sujet les y déplace.
staff-cards-here = Les nouvelles fiches de commande arriveront ici.
staff-help = Les commandes arrivent ici sous forme de fiches : touchez leurs boutons pour répondre, et le client est informé à chaque étape.
staff-help-owners = Pour les propriétaires :
staff-usage = Écrivez-le ainsi, s'il vous plaît :
staff-command-help = Ce que vous pouvez faire ici
staff-command-here = Recevoir les fiches de commande dans ce sujet
