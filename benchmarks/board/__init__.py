"""The models of many receipts beside one another."""
