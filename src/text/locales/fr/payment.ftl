# Paying, invoices, tips, refunds.
