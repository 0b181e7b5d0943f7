# The commands as Telegram lists them.

command-start = Hallo sagen
command-help = Wie man bestellt
command-menu = Was es gibt
command-cart = Deine Bestellung bis jetzt
command-orders = Deine letzten Bestellungen
command-cancel = Die offene Bestellung verwerfen
command-privacy = Was wir speichern und wer es sieht
command-mydata = Alles, was wir über dich speichern
command-deleteme = Deine Daten löschen lassen
command-language = Deine Sprache wählen
