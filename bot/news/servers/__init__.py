"""A server: who may do what there, and how it was greeted."""
