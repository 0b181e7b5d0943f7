# Opening hours, sold out, pause, busy: what the shop tells its customers.
