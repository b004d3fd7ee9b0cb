-- Searches as they were when they were asked, for their pages. The file may be deleted at any time.
CREATE TABLE view (
    view_id    TEXT    PRIMARY KEY,
    expires_at INTEGER NOT NULL,   -- whole microseconds since 1970 in UTC
    value      TEXT    NOT NULL
) STRICT;

CREATE INDEX view_by_expiry ON view (expires_at);
