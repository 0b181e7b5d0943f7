# What is kept, who sees it, and how it is deleted.

privacy-policy =
    Wir speichern deinen Namen, deine Telefonnummer und deine Adresse, wie du sie angegeben hast, und deine Bestellungen, damit { $shop } sie zubereiten und bringen kann. Bestellungen stehen auch in der Tabelle des Ladens. Um eine Bestellung zu verstehen, kann ihr Text an OpenAI geschickt werden; dein Telegram-Name und deine Nummer gehen nicht mit.

    /mydata zeigt, was wir über dich speichern. /deleteme löscht es: Deine Bestellungen bleiben mit ihren Beträgen in den Büchern des Ladens, ohne deinen Namen, deine Nummer, Adresse, Allergien und Anmerkungen. Was in diesem Chat geschrieben wurde, bleibt bei Telegram, bis du den Chat löschst.
privacy-ask-deletion =
    Sollen wir alles löschen, was wir über dich speichern: Name, Telefonnummer, Adresse und was du zu deinen Bestellungen geschrieben hast? Das lässt sich nicht rückgängig machen.

    Tippe auf einen Knopf oder schreib „löschen“ oder „behalten“.
privacy-kept = In Ordnung, es wurde nichts gelöscht.
privacy-forgotten = Erledigt. Wir speichern nichts mehr über dich; was du bestellt hattest, bleibt ohne deinen Namen, deine Nummer, Adresse und Anmerkungen in den Büchern des Ladens. Wenn du wieder schreibst, fangen wir neu an.
privacy-under-way =
    { $count ->
        [one] Deine Bestellung { $orders } läuft noch, und der Laden muss wissen, wem sie gehört. Bitte schick /deleteme noch einmal, wenn du sie hast, oder nimm sie vorher unter /orders zurück.
       *[other] Deine Bestellungen { $orders } laufen noch, und der Laden muss wissen, wem sie gehören. Bitte schick /deleteme noch einmal, wenn du sie hast, oder nimm sie vorher unter /orders zurück.
    }

privacy-nothing = Wir speichern nichts über dich.
privacy-title = <b>Was wir über dich speichern</b>
privacy-id = Telegram-ID: { $id }
privacy-name = Name: { $name }
privacy-phone = Telefon: { $phone }
privacy-address = Adresse: { $address }
privacy-language = Sprache: { $language }
privacy-first-seen = Erste Nachricht: { $day }
privacy-last-seen = Letzte Nachricht: { $day }
privacy-draft = Eine Bestellung, die du nicht aufgegeben hast, bis { $day }: siehe /cart
privacy-no-orders = Keine Bestellungen.
privacy-orders =
    { $count ->
        [one] <b>Deine letzte Bestellung</b>; ältere sind genauso gespeichert:
       *[other] <b>Deine letzten { $count } Bestellungen</b>, die neueste zuerst; ältere sind genauso gespeichert:
    }
privacy-order = { $order }, { $day }, { $status }
privacy-order-items = { $items }: { $price }
privacy-order-name = für: { $text }
privacy-order-phone = Telefon: { $text }
privacy-order-address = Adresse: { $text }
privacy-order-time = wann: { $text }
privacy-order-note = Anmerkung: { $text }
privacy-order-allergy = Allergie: { $text }
privacy-semicolon = {"; "}
privacy-end = Der Laden kann dir alles als Datei geben. Um es löschen zu lassen: /deleteme
