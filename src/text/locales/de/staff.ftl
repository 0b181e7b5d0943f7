# The operator chat: commands, reports, alerts.

staff-unknown = Den Befehl /{ $name } gibt es nicht. /help zeigt alle.
staff-unknown-near = Den Befehl /{ $name } gibt es nicht. Meintest du /{ $nearest }? /help zeigt alle.
staff-owners-only = /{ $name } ist nur für die Inhaber des Ladens.
staff-failed = Im Bot ist etwas schiefgegangen, und nichts wurde geändert. Bitte versuche es noch einmal.
staff-cards-in-topic = Neue Bestellkarten kommen in dieses Thema. Mit /here in einem anderen Thema kommen sie dorthin.
staff-cards-here = Neue Bestellkarten kommen hierher.
staff-help = Bestellungen kommen hier als Karten an: Tippe auf ihre Knöpfe, und der Kunde erfährt jeden Schritt.
staff-help-owners = Für Inhaber:
staff-usage = Bitte schreibe es so:
staff-command-help = Was du hier tun kannst
staff-command-here = Bestellkarten in dieses Thema schicken
