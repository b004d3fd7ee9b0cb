-- One greeting for each server that the bot has joined, ever; deleted with the server's other data.
CREATE TABLE greeting (
    guild_id   INTEGER PRIMARY KEY,
    state      TEXT    NOT NULL,
    channel_id INTEGER,             -- NULL: a direct message, or nobody
    at         INTEGER NOT NULL
) STRICT;
