# Reordering, editing, saved details, voice notes, consent.


customer-command-reorder = Comme la dernière fois, aux prix du jour
customer-command-details = Nom, numéro et adresse, à changer ou à oublier

customer-say-again = la même chose | encore la même chose | comme la dernière fois
customer-say-last = répéter ma dernière commande | recommander
customer-say-usual = comme d'habitude | la même chose que d'habitude | comme d'habitude s'il vous plaît
customer-say-details = mes coordonnées | coordonnées
customer-say-ai-on = avec ia | utiliser l'ia
customer-say-ai-off = sans ia | pas d'ia
customer-say-change-name = changer mon nom
customer-say-change-phone = changer mon numéro | changer mon téléphone
customer-say-change-address = changer mon adresse
customer-say-forget-name = oublier mon nom
customer-say-forget-phone = oublier mon numéro | oublier mon téléphone
customer-say-forget-address = oublier mon adresse

customer-button-again = 🔁 { $order } encore une fois
customer-button-change-name = ✏️ Changer mon nom
customer-button-change-phone = ✏️ Changer mon numéro
customer-button-change-address = ✏️ Changer mon adresse
customer-button-forget-phone = 🗑 Oublier mon numéro
customer-button-forget-address = 🗑 Oublier mon adresse
customer-button-ai-on = 🤖 Avec IA
customer-button-ai-off = 🙅 Sans IA

customer-details-title = <b>Ce que nous utilisons pour votre prochaine commande</b>
customer-details-how = Touchez un bouton, ou écrivez par exemple « changer mon adresse » ou « oublier mon numéro ».
customer-forgot-name = Nous avons oublié votre nom ; celui que Telegram montre est utilisé à la place.
customer-forgot-phone = Nous avons oublié votre numéro de téléphone.
customer-forgot-address = Nous avons oublié votre adresse.

customer-edited-placed = La commande { $order } est déjà passée, je ne la change donc pas avec votre message. Vous pouvez la reprendre (« cancel { $order } ») et commander à nouveau, ou envoyer ce qui manque comme nouvelle commande.
customer-edited-at-work = Commande { $order } : { $status }. Je ne la change donc pas avec votre message. Pour un changement, appelez le restaurant.

customer-heard = 🎤 « { $text } »
customer-voice-long =
    { $seconds ->
        [one] Je peux écouter des messages vocaux de { $seconds } seconde au plus. Envoyez-en un plus court, ou écrivez ce que vous voulez.
       *[other] Je peux écouter des messages vocaux de { $seconds } secondes au plus. Envoyez-en un plus court, ou écrivez ce que vous voulez.
    }
customer-voice-no-more = Je ne peux plus écouter de messages vocaux aujourd'hui. Écrivez ce que vous voulez.
customer-voice-no-ai = Aucun service d'IA ne lit ce que vous envoyez, et il en faut un pour écouter. Écrivez ce que vous voulez, ou écrivez « avec IA ».
customer-voice-failed = Je n'ai pas compris ce message vocal. Envoyez-le encore une fois, ou écrivez ce que vous voulez.

customer-consent-notice = ℹ️ Un service d'IA (OpenAI) lit vos mots pour les comprendre, et le restaurant garde les commandes dans son tableur. Confirmez si vous êtes d'accord ; écrivez « sans IA » s'il ne doit plus lire. /privacy
customer-consent-ask = ℹ️ Le restaurant garde les commandes dans son tableur. Je comprends mieux si un service d'IA (OpenAI) peut lire vos mots : écrivez « avec IA » si vous êtes d'accord. /privacy
customer-ai-on = D'accord : un service d'IA lit désormais vos mots.
customer-ai-off = D'accord : aucun service d'IA ne lit désormais vos mots.
customer-privacy-reads = En ce moment, ce que vous écrivez est envoyé à OpenAI. Pour commander sans cela, écrivez « sans IA ».
customer-privacy-not = En ce moment, ce que vous écrivez n'est envoyé ni à OpenAI ni à un autre service d'IA. Pour le permettre, écrivez « avec IA ».
customer-data-ai-unchosen = Une IA peut lire vos mots : vous n'avez pas choisi
customer-data-ai-yes = Une IA peut lire vos mots : oui, depuis { $day }
customer-data-ai-no = Une IA peut lire vos mots : non, depuis { $day }
