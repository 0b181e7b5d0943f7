# The customer's buttons. Each has letters, and writing them does the same as tapping.
