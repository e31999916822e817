"""What a suite ranks: its columns, what was predicted of them, and how reliable they are."""
