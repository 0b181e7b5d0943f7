# Messages of their own to a customer.
