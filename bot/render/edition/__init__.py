"""An edition as it is posted, previewed and explained, and what became of its messages."""
