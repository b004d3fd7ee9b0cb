-- What members suggested for the next edition, with the message that shows it to the editors; kept for 30 days.
CREATE TABLE suggestion (
    suggestion_id  INTEGER PRIMARY KEY AUTOINCREMENT,   -- in buttons of posted messages, so never given twice
    guild_id       INTEGER NOT NULL,
    schedule_id    INTEGER NOT NULL,
    channel_id     INTEGER NOT NULL,   -- the editors'
    member_id      INTEGER NOT NULL,   -- 0 once the member deleted their data
    suggested_at   INTEGER NOT NULL,
    page           TEXT    NOT NULL,   -- the link as it is compared
    url            TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    description    TEXT    NOT NULL,
    picture_url    TEXT    NOT NULL,
    site           TEXT    NOT NULL,
    credit         TEXT    NOT NULL,   -- the member's name if they agreed to it
    state          TEXT    NOT NULL CHECK (state IN ('waiting', 'taking', 'taken', 'refused')),
    taking_at      INTEGER,
    article_id     TEXT,
    message_id     INTEGER,
    tried_at       INTEGER,
    first_tried_at INTEGER,
    shown          TEXT    NOT NULL,
    is_closed      INTEGER NOT NULL,
    UNIQUE (guild_id, page)
) STRICT;

CREATE INDEX suggestion_by_member ON suggestion (member_id, guild_id, suggested_at) WHERE member_id <> 0;
CREATE INDEX suggestion_by_moment ON suggestion (suggested_at);
CREATE INDEX suggestion_by_article ON suggestion (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX suggestion_open ON suggestion (suggestion_id) WHERE is_closed = 0;
