# The customer's language.

language-ask = بأي لغة أكتب إليك؟ اضغط عليها أو اكتب اسمها.
language-set = سأكتب إليك بالعربية من الآن فصاعدًا.
