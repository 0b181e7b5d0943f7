# The customer's buttons. Each has letters, and writing them does the same as tapping.

button-confirm = ✅ Confirmer
button-cancel = ❌ Annuler
button-edit = ✏️ Modifier
button-pickup = 🏃 Je viens la chercher
button-delivery = 🛵 À livrer
button-menu = 📖 Menu
button-back = ⬅️ Retour
button-menu-back = ⬅️ Menu
button-less = ➖ Moins
button-more = ➕ Plus
button-less-of = ➖ Moins ({ $line })
button-more-of = ➕ Plus ({ $line })
button-line = ✏️ Ligne { $line } : { $quantity } × { $name }
button-option = { $name }
button-option-priced = { $name } +{ $price }
button-take-back = ❌ Annuler { $order }
button-delete = 🗑 Oui, supprimez
button-keep = Non, gardez
button-share-phone = 📱 Partager mon numéro
button-share-location = 📍 Partager ma position
