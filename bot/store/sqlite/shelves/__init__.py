"""The files of a newsroom together, and the shelves among them: each server's uploads are in a file of their own."""
