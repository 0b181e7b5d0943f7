# What is kept, who sees it, and how it is deleted.

privacy-policy =
    Nous gardons votre nom, votre numéro de téléphone et votre adresse tels que vous les avez donnés, ainsi que vos commandes, pour que { $shop } puisse les préparer et les livrer. Les commandes figurent aussi dans le tableur du restaurant. Pour comprendre une commande, son texte peut être envoyé à OpenAI ; votre nom Telegram et votre numéro ne l'accompagnent pas.

    /mydata montre ce que nous gardons sur vous. /deleteme le supprime : vos commandes restent dans les comptes du restaurant avec leurs montants, sans votre nom, numéro, adresse, allergies ni remarques. Ce qui a été écrit dans ce chat reste chez Telegram jusqu'à ce que vous supprimiez le chat.
privacy-ask-deletion =
    Faut-il supprimer tout ce que nous gardons sur vous : nom, numéro de téléphone, adresse et ce que vous avez dit avec vos commandes ? C'est irréversible.

    Touchez un bouton, ou écrivez « supprimer » ou « garder ».
privacy-kept = Très bien, rien n'a été supprimé.
privacy-forgotten = C'est fait. Nous ne gardons plus rien sur vous ; les commandes que vous aviez passées restent dans les comptes du restaurant sans votre nom, numéro, adresse ni remarques. Si vous écrivez de nouveau, nous repartons de zéro.
privacy-under-way =
    { $count ->
        [one] Votre commande { $orders } est encore en cours, et le restaurant doit savoir à qui elle est. Envoyez de nouveau /deleteme quand vous l'aurez, ou annulez-la d'abord dans /orders.
       *[other] Vos commandes { $orders } sont encore en cours, et le restaurant doit savoir à qui elles sont. Envoyez de nouveau /deleteme quand vous les aurez, ou annulez-les d'abord dans /orders.
    }

privacy-nothing = Nous ne gardons rien sur vous.
privacy-title = <b>Ce que nous gardons sur vous</b>
privacy-id = Identifiant Telegram : { $id }
privacy-name = Nom : { $name }
privacy-phone = Téléphone : { $phone }
privacy-address = Adresse : { $address }
privacy-language = Langue : { $language }
privacy-first-seen = Premier message : { $day }
privacy-last-seen = Dernier message : { $day }
privacy-draft = Une commande que vous n'avez pas passée, jusqu'au { $day } : voir /cart
privacy-no-orders = Aucune commande.
privacy-orders =
    { $count ->
        [one] <b>Votre dernière commande</b> ; les plus anciennes sont gardées de la même façon :
       *[other] <b>Vos { $count } dernières commandes</b>, la plus récente d'abord ; les plus anciennes sont gardées de la même façon :
    }
privacy-order = { $order }, { $day }, { $status }
privacy-order-items = { $items } : { $price }
privacy-order-name = au nom de : { $text }
privacy-order-phone = téléphone : { $text }
privacy-order-address = adresse : { $text }
privacy-order-time = quand : { $text }
privacy-order-note = remarque : { $text }
privacy-order-allergy = allergie : { $text }
privacy-semicolon = {" ; "}
privacy-end = Le restaurant peut vous donner le tout dans un fichier. Pour le faire supprimer : /deleteme
