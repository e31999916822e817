"""Two receipts, or two rows of them, against each other: cell by cell, in pairs."""
