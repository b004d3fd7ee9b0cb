"""SQLite behind the ports: one file a feature, one writing connection, migrations in numbered SQL files."""
