-- What members have begun to do to their server's articles, which are in another file: an entry of the log once it is done.
CREATE TABLE log_begun (
    interaction_id INTEGER PRIMARY KEY,
    guild_id       INTEGER NOT NULL,
    member_id      INTEGER NOT NULL,
    act            TEXT    NOT NULL,
    at             INTEGER NOT NULL
) STRICT;
