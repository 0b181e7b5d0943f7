# The commands as Telegram lists them.

command-start = Dire bonjour
command-help = Comment commander
command-menu = Ce qu'on peut commander
command-cart = Votre commande jusqu'ici
command-orders = Vos dernières commandes
command-cancel = Abandonner la commande en cours
command-privacy = Ce que nous gardons et qui le voit
command-mydata = Tout ce que nous gardons sur vous
command-deleteme = Faire supprimer vos données
command-language = Choisir votre langue
