"""The database file: connections, migrations, lock, checkpoints, errors, column encodings."""
