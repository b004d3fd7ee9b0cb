-- Who changed what in a server, for its managers; kept for 30 days.
CREATE TABLE log_entry (
    entry_id       INTEGER PRIMARY KEY,
    interaction_id INTEGER NOT NULL,
    guild_id       INTEGER NOT NULL,
    member_id      INTEGER NOT NULL,   -- 0 once the member deleted their data
    act            TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    detail         TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    UNIQUE (interaction_id, act, subject)
) STRICT;

CREATE INDEX log_entry_by_server ON log_entry (guild_id, at);
CREATE INDEX log_entry_by_member ON log_entry (member_id) WHERE member_id <> 0;
CREATE INDEX log_entry_by_moment ON log_entry (at);
