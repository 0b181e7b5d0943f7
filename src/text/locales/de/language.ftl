# The customer's language.

language-ask = In welcher Sprache soll ich schreiben? Tippe sie an oder schreib ihren Namen.
language-set = Von jetzt an schreibe ich dir auf Deutsch.
