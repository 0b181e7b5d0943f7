# Reordering, editing, saved details, voice notes, consent.


customer-command-reorder = Wie beim letzten Mal, zu heutigen Preisen
customer-command-details = Name, Nummer und Adresse ändern oder vergessen lassen

customer-say-again = nochmal dasselbe | noch einmal dasselbe | das gleiche nochmal | wie beim letzten mal
customer-say-last = letzte bestellung nochmal | nochmal bestellen
customer-say-usual = das übliche | wie immer | wie üblich | das übliche bitte
customer-say-details = meine angaben | angaben
customer-say-ai-on = mit ki
customer-say-ai-off = ohne ki | keine ki
customer-say-change-name = meinen namen ändern | name ändern
customer-say-change-phone = meine nummer ändern | meine telefonnummer ändern | nummer ändern
customer-say-change-address = meine adresse ändern | adresse ändern
customer-say-forget-name = meinen namen vergessen
customer-say-forget-phone = meine nummer vergessen | meine telefonnummer vergessen
customer-say-forget-address = meine adresse vergessen

customer-button-again = 🔁 { $order } nochmal
customer-button-change-name = ✏️ Meinen Namen ändern
customer-button-change-phone = ✏️ Meine Nummer ändern
customer-button-change-address = ✏️ Meine Adresse ändern
customer-button-forget-phone = 🗑 Meine Nummer vergessen
customer-button-forget-address = 🗑 Meine Adresse vergessen
customer-button-ai-on = 🤖 Mit KI
customer-button-ai-off = 🙅 Ohne KI

customer-details-title = <b>Was wir für deine nächste Bestellung verwenden</b>
customer-details-how = Tippe auf einen Knopf oder schreibe zum Beispiel „meine Adresse ändern“ oder „meine Nummer vergessen“.
customer-forgot-name = Wir haben deinen Namen vergessen; stattdessen gilt der, den Telegram zeigt.
customer-forgot-phone = Wir haben deine Telefonnummer vergessen.
customer-forgot-address = Wir haben deine Adresse vergessen.

customer-edited-placed = Bestellung { $order } ist schon aufgegeben, deshalb ändere ich sie nicht mit deiner Nachricht. Du kannst sie zurücknehmen („cancel { $order }“) und neu bestellen, oder was fehlt als neue Bestellung schreiben.
customer-edited-at-work = Bestellung { $order }: { $status }. Deshalb ändere ich sie nicht mit deiner Nachricht. Für eine Änderung ruf bitte den Laden an.

customer-heard = 🎤 „{ $text }“
customer-voice-long =
    { $seconds ->
        [one] Ich kann Sprachnachrichten bis { $seconds } Sekunde anhören. Bitte schick eine kürzere oder schreib, was du möchtest.
       *[other] Ich kann Sprachnachrichten bis { $seconds } Sekunden anhören. Bitte schick eine kürzere oder schreib, was du möchtest.
    }
customer-voice-no-more = Heute kann ich keine Sprachnachrichten mehr anhören. Bitte schreib, was du möchtest.
customer-voice-no-ai = Kein KI-Dienst liest, was du schickst, und zum Anhören braucht es einen. Bitte schreib, was du möchtest, oder schreib „mit KI“.
customer-voice-failed = Diese Sprachnachricht konnte ich nicht verstehen. Bitte schick sie noch einmal oder schreib, was du möchtest.

customer-consent-notice = ℹ️ Ein KI-Dienst (OpenAI) liest deine Worte, um sie zu verstehen, und der Laden führt Bestellungen in seiner Tabelle. Bestätige, wenn du einverstanden bist; schreib „ohne KI“, wenn er nicht weiterlesen soll. /privacy
customer-consent-ask = ℹ️ Der Laden führt Bestellungen in seiner Tabelle. Ich verstehe mehr, wenn ein KI-Dienst (OpenAI) deine Worte lesen darf: schreib „mit KI“, wenn du einverstanden bist. /privacy
customer-ai-on = In Ordnung: ab jetzt liest ein KI-Dienst deine Worte.
customer-ai-off = In Ordnung: ab jetzt liest kein KI-Dienst deine Worte.
customer-privacy-reads = Zurzeit wird an OpenAI gesendet, was du schreibst. Um ohne zu bestellen, schreib „ohne KI“.
customer-privacy-not = Zurzeit wird nichts, was du schreibst, an OpenAI oder einen anderen KI-Dienst gesendet. Um es zu erlauben, schreib „mit KI“.
customer-data-ai-unchosen = Eine KI darf deine Worte lesen: du hast nicht gewählt
customer-data-ai-yes = Eine KI darf deine Worte lesen: ja, seit { $day }
customer-data-ai-no = Eine KI darf deine Worte lesen: nein, seit { $day }
