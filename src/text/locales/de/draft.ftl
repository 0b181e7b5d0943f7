# The draft's message, and what it becomes when the draft has ended.

draft-title = <b>Deine Bestellung</b>
draft-tap-options = Tippe auf eine Option von <b>{ $item }</b>, um sie hinzuzufügen oder wegzunehmen.
draft-gone = ⚠️ Nicht mehr zu haben: { $item }
draft-choose = ❓ Bitte wähle: { $group } für { $item }
draft-minimum = ❗ Wir liefern ab { $price }.
draft-missing = ❗ Es fehlt noch: { $details }
draft-name = dein Name
draft-phone = deine Telefonnummer
draft-address = deine Adresse

draft-placed = ✅ <b>Bestellung { $order } ist aufgegeben</b>
draft-placed-bare = ✅ Deine Bestellung ist aufgegeben.
draft-will-write = Wir schreiben dir, sobald der Laden sie gesehen hat.
draft-given-up = ❌ Diese Bestellung wurde verworfen. Schreib, was du möchtest, um neu zu beginnen.
draft-expired = ⌛ Diese Bestellung wurde nicht rechtzeitig bestätigt und ist abgelaufen.
