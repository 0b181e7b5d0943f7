# The customer's language.

language-ask = Which language shall I write in? Tap it, or type its name.
language-set = From now on I write in English.
