"""Read seed files in processes of their own: the pool, its program, and the messages between them."""
