# An order's card in the operator chat, and the short answers to the taps below it.

card-title = <b>Commande { $order }</b> — { $status }
card-status-placed = 🆕 nouvelle
card-status-accepted = 👩‍🍳 acceptée
card-status-ready = 🔔 prête
card-status-done = ✅ terminée
card-status-rejected = 🚫 refusée
card-status-cancelled = ❌ annulée par le client
card-status-expired = ⌛ expirée
card-large = ⚠️ <b>Grosse commande</b> : au-dessus des limites que vous avez fixées. Elle attend votre réponse.
card-allergy = ⚠️ <b>Allergie : { $allergy }</b>
card-note = 📝 { $note }
card-total = <b>Total : { $price }</b>, à payer en espèces
card-contact = Contact : { $contact }

card-accept = ✅ Accepter
card-reject = 🚫 Refuser
card-ready = 🔔 Prête
card-finish = ✔️ Terminée
card-delay = +{ $minutes } min

card-moved = Fait : { $status }
card-cannot-move = Impossible : la commande est { $status }.
card-no-order = Cette commande n'existe pas.
card-not-allowed = Seul le personnel du restaurant peut faire cela.
card-failed = Une erreur s'est produite dans le bot. Veuillez toucher à nouveau.
# Where an order stands, in one word.
card-status-word =
    { $status ->
        [pending] à approuver
        [on_the_way] en route
        [placed] passée
        [accepted] acceptée
        [ready] prête
        [done] terminée
        [rejected] refusée
        [cancelled] annulée
       *[expired] expirée
    }
