# Paying in Telegram: invoices, why a payment is declined, what the shop is told about money.

payment-button-pay = 💳 Payer maintenant
payment-button-refunded = ✅ Remboursé
payment-say-pay = payer | payer maintenant | payer par carte | par carte | payer en ligne

payment-waiting = en attente de paiement
payment-card-paid = <b>Total : { $price }</b>, payé par carte
payment-card-tip = Pourboire : { $price }

payment-placed = ⏳ <b>La commande { $order } attend votre paiement</b>
payment-pay-below = Payez-la ci-dessous : le restaurant la reçoit quand elle est payée.
payment-received = ✅ Nous avons votre paiement de { $amount }. La commande { $order } est passée ; nous vous écrirons quand le restaurant l'aura vue.
payment-expired = ⌛ La commande { $order } n'a pas été payée à temps et a expiré ; il n'y a rien à payer. Pour commander la même chose : /reorder
payment-impossible = Désolé, la commande { $order } ne peut pas être payée dans Telegram et n'a pas été passée. Pour commander la même chose et payer à la réception : /reorder
payment-refund = La commande { $order } ne sera pas faite, ou a été payée deux fois. Le restaurant vous rembourse { $amount } ; cela peut prendre quelques jours.
payment-nothing = Il n'y a rien à payer. Écrivez ce que vous voulez, ou voyez le /menu.
payment-none = Vous payez à la réception. Pour passer la commande, écrivez « oui ».

payment-first = Veuillez payer votre commande maintenant.
payment-under-way = Un paiement de cette commande est en cours. Réessayez dans une minute.

payment-title = Commande { $order }
payment-delivery = Livraison

payment-declined-unknown = Nous n'avons pas de telle commande de votre part.
payment-declined-paid = Cette commande est déjà payée.
payment-declined-closed = Cette commande ne peut plus être payée. Pour commander la même chose : /reorder
payment-declined-under-way = Un autre paiement de cette commande est en cours. S'il n'aboutit pas, réessayez dans une minute.
payment-declined-amount = Cette facture ne correspond pas à la commande. Veuillez commander à nouveau.
payment-declined-gone = Plus disponible : { $items }. Reprenez cette commande et commandez à nouveau.
payment-declined-late = Notre réponse a pris trop de temps. Rien n'a été payé ; veuillez réessayer.

payment-alarm-refund = 🚨 <b>Rembourser { $amount } pour la commande { $order }</b>
payment-alarm-step = Le client l'a payée dans Telegram et elle ne sera pas faite, ou elle a été payée deux fois. Trouvez le paiement chez votre prestataire et remboursez-le là-bas, puis touchez le bouton.
payment-alarm-charge = Paiement : <code>{ $charge }</code>, { $amount }
payment-alarm-done = ✅ Le paiement de la commande { $order } a été remboursé.
payment-alarm-unconfirmed = ⚠️ La commande { $order } ({ $amount }) a expiré sans être payée, mais un paiement avait commencé et nous n'avons jamais su comment il a fini. Vérifiez chez votre prestataire s'il a abouti, et remboursez-le si c'est le cas.
payment-alarm-stray = 🚨 <b>Un paiement de { $amount } est arrivé pour une commande que nous n'avons pas.</b> Trouvez-le chez votre prestataire et remboursez-le : <code>{ $charge }</code>
