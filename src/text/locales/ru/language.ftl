# The customer's language.

language-ask = На каком языке вам писать? Нажмите на него или напишите его название.
language-set = Теперь я пишу вам по-русски.
