"""Documents that are handed out: invoices, credit notes, proforma invoices."""
