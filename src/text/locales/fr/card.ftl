# An order's card in the operator chat, and the short answers to the taps below it.
