# The customer's language.

language-ask = ¿En qué idioma te escribo? Tócalo o escribe su nombre.
language-set = A partir de ahora te escribo en español.
