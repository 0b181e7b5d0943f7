# The customer's language.

language-ask = Dans quelle langue dois-je écrire ? Touchez-la ou écrivez son nom.
language-set = Désormais, je vous écris en français.
