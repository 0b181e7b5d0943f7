# The customer's language.
