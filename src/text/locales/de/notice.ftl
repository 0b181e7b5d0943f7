# Short answers to a tap, below 200 characters and without HTML; and why something was refused.

notice-placed = Deine Bestellung ist aufgegeben.
notice-already-placed = Diese Bestellung ist schon aufgegeben. Siehe /orders.
notice-cancelled = Erledigt.
notice-outdated = Dieser Knopf ist zu alt. Schreib, was du möchtest, oder sieh unter /cart nach.
notice-changed = Die Bestellung hat sich geändert. Bitte sieh sie durch und tippe noch einmal.
notice-missing = Es fehlt noch: { $details }. Bitte schick das zuerst.
notice-choose = Bitte wähle zuerst: { $group } für { $item }.
notice-minimum = Wir liefern ab { $price }. Nimm noch etwas dazu oder hol es ab.
notice-gone = Nicht mehr zu haben: { $items }. Bitte sieh die Bestellung durch.
notice-added = Hinzugefügt: { $item }
notice-too-late = Der Laden bereitet diese Bestellung schon zu. Bitte ruf dort an.
notice-no-such-order = Eine solche Bestellung hast du nicht. Siehe /orders.
notice-over = Diese Bestellung ist schon { $status }.

notice-warning = ⚠️ { $text }
notice-no-item = Etwas in deiner Nachricht steht nicht auf der Karte.
notice-sold-out = { $item } ist im Moment nicht zu haben.
notice-no-line = Die Zeile deiner Bestellung, die du ändern wolltest, habe ich nicht gefunden.
notice-no-option = { $item } gibt es so nicht.
notice-too-many-options = { $item }: höchstens { $max } von { $group }.
notice-quantity = { $item }: Diese Anzahl kann nicht stimmen. Bitte schreib noch einmal, wie viele.
notice-full = Mehr Zeilen passen nicht in eine Bestellung.
