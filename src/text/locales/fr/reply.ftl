# Messages of their own to a customer.

reply-welcome =
    Bienvenue chez <b>{ $shop }</b> ! Écrivez ce que vous désirez avec vos propres mots, par exemple « { $example } ». Je vous montre la commande avec ses prix, et vous la passez d'un toucher.

    Les textes peuvent être lus par un service d'IA pour être compris : voir /privacy.
# An order that this menu can take: { $first } and { $last } are items.
reply-example = deux { $first } et un { $last }
reply-example-one = deux { $first }
reply-example-none = quelque chose du menu
reply-help = Écrivez ce que vous désirez avec vos propres mots. Vous pouvez le changer de la même façon : « mettez-en trois », « sans oignons sur la deuxième », « enlevez le coca ». Quand tout est bon, touchez Confirmer ou écrivez « oui » ; « annuler » abandonne la commande.
reply-help-command = /{ $name } — { $what }
reply-cart-empty = Votre panier est vide. Écrivez ce que vous désirez, ou voyez le /menu.
reply-question = Je prends seulement les commandes et ne peux pas répondre aux questions. Ce qu'il y a et ce que cela coûte se trouve dans le /menu ; pour tout le reste, adressez-vous directement à { $shop }.
reply-chatter = Écrivez ce que vous désirez avec vos propres mots, par exemple « { $example } », ou voyez le /menu.
reply-ask-name = À quel nom est la commande ?
reply-ask-phone = À quel numéro pouvons-nous vous joindre ? Touchez le bouton ci-dessous ou écrivez-le.
reply-ask-address = Où devons-nous livrer ? Écrivez l'adresse, ou touchez le bouton ci-dessous pour partager votre position. Pour venir chercher la commande vous-même, écrivez « à emporter ».
reply-bad-phone = Cela ne ressemble pas à un numéro de téléphone. Envoyez-le avec tous ses chiffres, par exemple +33 1 99 00 12 34.
reply-foreign-contact = Ce contact est celui de quelqu'un d'autre. Partagez votre propre numéro, ou écrivez le numéro à appeler.
reply-saved = C'est noté. Que désirez-vous commander ?
reply-complete = Merci, c'est tout ce qu'il nous faut. Vérifiez votre commande ci-dessus et touchez Confirmer, ou écrivez « oui ».
reply-nothing-to-confirm = Il n'y a pas de commande en cours à confirmer. Écrivez ce que vous désirez, ou voyez le /menu.
reply-nothing-to-cancel = Il n'y a pas de commande en cours à abandonner. Les commandes passées se trouvent dans /orders.
reply-given-up = La commande a été abandonnée. Écrivez ce que vous désirez pour recommencer.
reply-expired = Votre commande n'a pas été confirmée à temps : elle a expiré et n'a pas été passée. Écrivez ce que vous désirez pour recommencer.
reply-placed = ✅ La commande { $order } est passée. Nous vous écrirons dès que le restaurant l'aura vue.
reply-cannot-place = ❗ { $why }
reply-taken-back = La commande { $order } a été annulée.
reply-no-text = Je ne sais lire que du texte. Écrivez ce que vous désirez, ou commandez avec les boutons du /menu.
reply-edited = Je ne suis pas les changements d'un message déjà envoyé. Écrivez le changement dans un nouveau message, par exemple « mettez-en deux ».
reply-slow-down = Vous écrivez plus vite que je ne peux suivre, je n'ai donc pas lu votre dernier message. Patientez une minute et envoyez-le à nouveau.
reply-failed = Une erreur s'est produite de notre côté avec votre dernier message. Rien n'a été commandé ; envoyez-le à nouveau, s'il vous plaît.
reply-trouble = Désolés, nous ne pouvons pas prendre de commandes pour le moment. Votre message n'est pas perdu : j'y répondrai dès que tout refonctionnera.

reply-no-orders = Vous n'avez encore rien commandé. Écrivez ce que vous désirez, ou voyez le /menu.
reply-orders = <b>Vos dernières commandes</b>
reply-orders-one = <b>{ $order }</b> — { $status }

reply-accepted = 👩‍🍳 Le restaurant a accepté votre commande { $order }.
reply-accepted-in =
    { $minutes ->
        [one] 👩‍🍳 Votre commande { $order } est en préparation. Il faudra environ { $minutes } minute.
       *[other] 👩‍🍳 Votre commande { $order } est en préparation. Il faudra environ { $minutes } minutes.
    }
reply-ready-pickup = 🔔 Votre commande { $order } est prête. Vous pouvez venir la chercher.
reply-ready-dine-in = 🔔 Votre commande { $order } est prête.
reply-done = ✅ Votre commande { $order } est terminée. Bon appétit !
reply-rejected = 🚫 Désolés, le restaurant ne peut pas préparer votre commande { $order }. Vous n'avez rien à payer.
reply-status = Votre commande { $order } : { $status }

reply-nothing-found = Je n'ai rien trouvé à commander dans votre message.
reply-other-words = Voyez le /menu, ou écrivez-le avec d'autres mots.
reply-not-understood = ⚠️ Je n'ai pas compris : { $phrases }
reply-did-you-mean = Vouliez-vous dire : { $items } ?
