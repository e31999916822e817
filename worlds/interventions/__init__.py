"""What an exposure may change about how a corpus is written: one file an intervention."""
