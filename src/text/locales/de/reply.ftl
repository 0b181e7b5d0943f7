# Messages of their own to a customer.

reply-welcome =
    Willkommen bei <b>{ $shop }</b>! Schreib in eigenen Worten, was du möchtest, zum Beispiel „{ $example }“. Ich zeige dir die Bestellung mit ihren Preisen, und du gibst sie mit einem Tipp auf.

    Texte können von einem KI-Dienst gelesen werden, um sie zu verstehen: siehe /privacy.
# An order that this menu can take: { $first } and { $last } are items.
reply-example = zwei { $first } und eine { $last }
reply-example-one = zwei { $first }
reply-example-none = etwas von der Karte
reply-help = Schreib in eigenen Worten, was du möchtest. Ändern kannst du es genauso: „mach drei daraus“, „auf der zweiten keine Zwiebeln“, „die Cola weg“. Wenn alles stimmt, tippe auf Bestätigen oder schreib „ja“; „verwerfen“ beendet die Bestellung.
reply-help-command = /{ $name } — { $what }
reply-cart-empty = Dein Warenkorb ist leer. Schreib, was du möchtest, oder sieh ins /menu.
reply-question = Ich nehme nur Bestellungen auf und kann keine Fragen beantworten. Was es gibt und was es kostet, steht im /menu; mit allem anderen wende dich bitte direkt an { $shop }.
reply-chatter = Schreib in eigenen Worten, was du möchtest, zum Beispiel „{ $example }“, oder sieh ins /menu.
reply-ask-name = Auf welchen Namen geht die Bestellung?
reply-ask-phone = Unter welcher Telefonnummer erreichen wir dich? Tippe auf den Knopf unten oder schreib sie.
reply-ask-address = Wohin sollen wir liefern? Schreib die Adresse oder tippe auf den Knopf unten, um deinen Standort zu teilen. Wenn du die Bestellung selbst holst, schreib „abholen“.
reply-bad-phone = Das sieht nicht wie eine Telefonnummer aus. Bitte schick sie mit allen Ziffern, zum Beispiel +49 30 901820.
reply-foreign-contact = Dieser Kontakt gehört jemand anderem. Bitte teile deine eigene Nummer oder schreib die Nummer, die wir anrufen sollen.
reply-saved = Notiert. Was möchtest du bestellen?
reply-complete = Danke, mehr brauchen wir nicht. Bitte sieh deine Bestellung oben durch und tippe auf Bestätigen, oder schreib „ja“.
reply-nothing-to-confirm = Es gibt keine offene Bestellung zu bestätigen. Schreib, was du möchtest, oder sieh ins /menu.
reply-nothing-to-cancel = Es gibt keine offene Bestellung zu verwerfen. Was du bestellt hast, steht unter /orders.
reply-given-up = Die Bestellung wurde verworfen. Schreib, was du möchtest, um neu zu beginnen.
reply-expired = Deine Bestellung wurde nicht rechtzeitig bestätigt: Sie ist abgelaufen und wurde nicht aufgegeben. Schreib, was du möchtest, um neu zu beginnen.
reply-placed = ✅ Bestellung { $order } ist aufgegeben. Wir schreiben dir, sobald der Laden sie gesehen hat.
reply-cannot-place = ❗ { $why }
reply-taken-back = Bestellung { $order } wurde zurückgenommen.
reply-no-text = Ich kann nur Text lesen. Bitte schreib, was du möchtest, oder bestelle mit den Knöpfen im /menu.
reply-edited = Änderungen an einer schon gesendeten Nachricht lese ich nicht. Bitte schreib die Änderung als neue Nachricht, zum Beispiel „mach zwei daraus“.
reply-slow-down = Du schreibst schneller, als ich folgen kann, deshalb habe ich deine letzte Nachricht nicht gelesen. Bitte warte eine Minute und schick sie noch einmal.
reply-failed = Bei deiner letzten Nachricht ist bei uns etwas schiefgegangen. Es wurde nichts damit bestellt; bitte schick sie noch einmal.
reply-trouble = Leider können wir im Moment keine Bestellungen annehmen. Deine Nachricht geht nicht verloren: Ich beantworte sie, sobald es wieder geht.

reply-no-orders = Du hast noch nichts bestellt. Schreib, was du möchtest, oder sieh ins /menu.
reply-orders = <b>Deine letzten Bestellungen</b>
reply-orders-one = <b>{ $order }</b> — { $status }

reply-accepted = 👩‍🍳 Der Laden hat deine Bestellung { $order } angenommen.
reply-accepted-in =
    { $minutes ->
        [one] 👩‍🍳 Deine Bestellung { $order } wird zubereitet. Es dauert etwa { $minutes } Minute.
       *[other] 👩‍🍳 Deine Bestellung { $order } wird zubereitet. Es dauert etwa { $minutes } Minuten.
    }
reply-ready-pickup = 🔔 Deine Bestellung { $order } ist fertig. Du kannst sie jetzt abholen.
reply-ready-dine-in = 🔔 Deine Bestellung { $order } ist fertig.
reply-done = ✅ Deine Bestellung { $order } ist abgeschlossen. Guten Appetit!
reply-rejected = 🚫 Leider kann der Laden deine Bestellung { $order } nicht zubereiten. Du musst nichts bezahlen.
reply-status = Deine Bestellung { $order }: { $status }

reply-nothing-found = In deiner Nachricht habe ich nichts zum Bestellen gefunden.
reply-other-words = Sieh ins /menu oder schreib es mit anderen Worten.
reply-not-understood = ⚠️ Nicht verstanden habe ich: { $phrases }
reply-did-you-mean = Meintest du: { $items }?
