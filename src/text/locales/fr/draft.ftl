# The draft's message, and what it becomes when the draft has ended.

draft-title = <b>Votre commande</b>
draft-tap-options = Touchez une option de <b>{ $item }</b> pour l'ajouter ou la retirer.
draft-gone = ⚠️ Plus disponible : { $item }
draft-choose = ❓ Veuillez choisir : { $group } pour { $item }
draft-minimum = ❗ La livraison est possible à partir de { $price }.
draft-missing = ❗ Il manque encore : { $details }
draft-name = votre nom
draft-phone = votre numéro de téléphone
draft-address = votre adresse

draft-placed = ✅ <b>La commande { $order } est passée</b>
draft-placed-bare = ✅ Votre commande est passée.
draft-will-write = Nous vous écrirons dès que le restaurant l'aura vue.
draft-given-up = ❌ Cette commande a été abandonnée. Écrivez ce que vous désirez pour recommencer.
draft-expired = ⌛ Cette commande n'a pas été confirmée à temps et a expiré.
