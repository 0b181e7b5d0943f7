# Paying in Telegram: invoices, why a payment is declined, what the shop is told about money.

payment-button-pay = 💳 Jetzt bezahlen
payment-button-refunded = ✅ Zurückgezahlt
payment-say-pay = bezahlen | jetzt bezahlen | mit karte | mit karte zahlen | karte bitte | online bezahlen

payment-waiting = wartet auf Zahlung
payment-card-paid = <b>Summe: { $price }</b>, mit Karte bezahlt
payment-card-tip = Trinkgeld: { $price }

payment-placed = ⏳ <b>Bestellung { $order } wartet auf deine Zahlung</b>
payment-pay-below = Bitte bezahle sie unten: der Laden bekommt sie, wenn sie bezahlt ist.
payment-received = ✅ Deine Zahlung über { $amount } ist da. Bestellung { $order } ist aufgegeben; wir schreiben dir, wenn der Laden sie gesehen hat.
payment-expired = ⌛ Bestellung { $order } wurde nicht rechtzeitig bezahlt und ist verfallen; es ist nichts zu zahlen. Dasselbe noch einmal bestellen: /reorder
payment-impossible = Bestellung { $order } kann leider nicht in Telegram bezahlt werden und wurde nicht aufgegeben. Dasselbe noch einmal bestellen und bei Erhalt bezahlen: /reorder
payment-refund = Bestellung { $order } wird nicht gemacht oder wurde doppelt bezahlt. Der Laden zahlt dir { $amount } zurück; das kann einige Tage dauern.
payment-nothing = Es ist nichts zu bezahlen. Schreib, was du möchtest, oder sieh ins /menu.
payment-none = Du bezahlst, wenn du deine Bestellung bekommst. Um sie aufzugeben, schreib „ja“.

payment-first = Bitte bezahle deine Bestellung jetzt.
payment-under-way = Eine Zahlung dieser Bestellung läuft gerade. Bitte versuch es in einer Minute noch einmal.

payment-title = Bestellung { $order }
payment-delivery = Lieferung

payment-declined-unknown = Wir haben keine solche Bestellung von dir.
payment-declined-paid = Diese Bestellung ist schon bezahlt.
payment-declined-closed = Diese Bestellung kann nicht mehr bezahlt werden. Dasselbe noch einmal bestellen: /reorder
payment-declined-under-way = Eine andere Zahlung dieser Bestellung läuft. Wenn nichts daraus wird, versuch es bitte in einer Minute noch einmal.
payment-declined-amount = Diese Rechnung passt nicht zur Bestellung. Bitte bestell noch einmal.
payment-declined-gone = Nicht mehr zu haben: { $items }. Bitte nimm diese Bestellung zurück und bestell neu.
payment-declined-late = Unsere Antwort hat zu lange gedauert. Es wurde nichts bezahlt; bitte versuch es noch einmal.

payment-alarm-refund = 🚨 <b>{ $amount } für Bestellung { $order } zurückzahlen</b>
payment-alarm-step = Die Bestellung wurde in Telegram bezahlt und wird nicht gemacht, oder sie wurde doppelt bezahlt. Suche die Zahlung beim Zahlungsanbieter, erstatte sie dort und tippe dann auf den Knopf.
payment-alarm-charge = Zahlung: <code>{ $charge }</code>, { $amount }
payment-alarm-done = ✅ Die Zahlung von Bestellung { $order } wurde zurückgezahlt.
payment-alarm-unconfirmed = ⚠️ Bestellung { $order } ({ $amount }) ist unbezahlt verfallen, aber eine Zahlung war begonnen, und wir haben nie gehört, wie sie ausging. Bitte sieh beim Zahlungsanbieter nach, ob sie durchging, und erstatte sie dann.
payment-alarm-stray = 🚨 <b>Eine Zahlung über { $amount } ist für eine Bestellung gekommen, die wir nicht haben.</b> Suche sie beim Zahlungsanbieter und erstatte sie: <code>{ $charge }</code>
