# The customer's buttons. Each has letters, and writing them does the same as tapping.

button-confirm = ✅ Bestätigen
button-cancel = ❌ Verwerfen
button-edit = ✏️ Ändern
button-pickup = 🏃 Ich hole es ab
button-delivery = 🛵 Bitte liefern
button-menu = 📖 Speisekarte
button-back = ⬅️ Zurück
button-menu-back = ⬅️ Speisekarte
button-less = ➖ Weniger
button-more = ➕ Mehr
button-less-of = ➖ Weniger ({ $line })
button-more-of = ➕ Mehr ({ $line })
button-line = ✏️ Zeile { $line }: { $quantity } × { $name }
button-option = { $name }
button-option-priced = { $name } +{ $price }
button-take-back = ❌ { $order } zurücknehmen
button-delete = 🗑 Ja, löschen
button-keep = Nein, behalten
button-share-phone = 📱 Meine Nummer teilen
button-share-location = 📍 Meinen Standort teilen
