# An order's card in the operator chat, and the short answers to the taps below it.

card-title = <b>Bestellung { $order }</b> — { $status }
card-status-placed = 🆕 neu
card-status-accepted = 👩‍🍳 angenommen
card-status-ready = 🔔 fertig
card-status-done = ✅ abgeschlossen
card-status-rejected = 🚫 abgelehnt
card-status-cancelled = ❌ vom Kunden zurückgenommen
card-status-expired = ⌛ abgelaufen
card-large = ⚠️ <b>Große Bestellung</b>: über den Grenzen, die ihr gesetzt habt. Sie wartet auf eure Antwort.
card-allergy = ⚠️ <b>Allergie: { $allergy }</b>
card-note = 📝 { $note }
card-total = <b>Gesamt: { $price }</b>, in bar zu zahlen
card-contact = Kontakt: { $contact }

card-accept = ✅ Annehmen
card-reject = 🚫 Ablehnen
card-ready = 🔔 Fertig
card-finish = ✔️ Abgeschlossen
card-delay = +{ $minutes } Min.

card-moved = Erledigt: { $status }
card-cannot-move = Geht nicht: Die Bestellung ist { $status }.
card-no-order = Diese Bestellung gibt es nicht.
card-not-allowed = Das darf nur das Personal des Ladens.
card-failed = Im Bot ist etwas schiefgegangen. Bitte tippe noch einmal.
# Where an order stands, in one word.
card-status-word =
    { $status ->
        [pending] wartet auf Zustimmung
        [on_the_way] unterwegs
        [placed] aufgegeben
        [accepted] angenommen
        [ready] fertig
        [done] abgeschlossen
        [rejected] abgelehnt
        [cancelled] zurückgenommen
       *[expired] abgelaufen
    }
