# What people write instead of a command or a tap; phrases apart by "|". Case, accents and signs do not count.

say-start = start | los
say-help = hilfe
say-menu = menü | karte | speisekarte | die karte | die speisekarte | das menü | zeig die karte | zeig mir die karte | zeig mir die speisekarte
say-cart = warenkorb | mein warenkorb | meine bestellung | zeig meine bestellung | bestellung zeigen
say-orders = bestellungen | meine bestellungen
say-cancel = verwerfen | abbrechen
say-privacy = datenschutz
say-my-data = meine daten | zeig meine daten
say-delete-me = lösche meine daten | meine daten löschen | lösch mich | vergiss mich
say-edit = ändern | bestellung ändern | bearbeiten | bestellung bearbeiten | meine bestellung ändern
say-language = sprache | sprachen | sprache ändern | sprache wechseln
# Answers to whether to forget the customer.
say-delete-yes = ja
say-delete-now = löschen | ja löschen | ja lösche alles | ja lösche meine daten | lösche alles | lösche meine daten | alles löschen
say-delete-no = nein | behalten | nein behalten | nichts löschen
# Before and behind the id of an order that is to be taken back.
say-take-back = { $order } zurücknehmen | nimm { $order } zurück | storniere { $order } | { $order } stornieren
# Words that tell this language from the others.
say-telling = und | mit | ohne | bitte | für | ich | möchte | hätte | gern | gerne | will | ein | eine | einen | zwei | drei | vier | kein | keine | auch | noch | dazu | mal
