"""SQL over the tables of many receipts, whoever wrote them."""
