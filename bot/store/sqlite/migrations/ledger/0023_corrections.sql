-- What a posted message is to show since its articles changed, one row for each message that ever was corrected.

CREATE TABLE correction (
    delivery_id    INTEGER PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
    state          TEXT    NOT NULL CHECK (state IN ('due', 'sending', 'done', 'given up')),
    revision       INTEGER NOT NULL,   -- one more each time the message is drawn
    begun          INTEGER NOT NULL,   -- the last revision that may have arrived; 0 for none
    shown_revision INTEGER NOT NULL,   -- the last one that is known to have arrived
    edits          INTEGER NOT NULL,
    not_before     INTEGER,
    corrected_at   INTEGER,
    withdraws      INTEGER NOT NULL,
    draft          TEXT    NOT NULL,
    picks          TEXT    NOT NULL,   -- JSON; so are those that are shown, which are empty for those as posted
    shown          TEXT    NOT NULL,
    reason         TEXT    NOT NULL
) STRICT;

CREATE INDEX correction_open ON correction (not_before) WHERE state IN ('due', 'sending');

-- Which messages are recent enough to be corrected.
CREATE INDEX delivery_by_sending ON delivery (sent_at) WHERE state = 'sent';
