-- Drafts on the editors' desk. A draft is an edition whose parts are planned and can't be claimed yet.

CREATE TABLE desk (
    schedule_id INTEGER NOT NULL,
    edition     TEXT    NOT NULL,
    guild_id    INTEGER NOT NULL,
    channel_id  INTEGER NOT NULL,   -- the editors'
    due_at      INTEGER NOT NULL,
    waits       INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'approved', 'held', 'released')),
    revision    INTEGER NOT NULL,
    came_in     INTEGER NOT NULL,
    is_closed   INTEGER NOT NULL,
    PRIMARY KEY (schedule_id, edition),
    FOREIGN KEY (schedule_id, edition) REFERENCES edition (schedule_id, edition) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX desk_open ON desk (due_at) WHERE is_closed = 0;

-- What was done to a draft, by whom and when.
CREATE TABLE desk_act (
    act_id      INTEGER PRIMARY KEY,
    schedule_id INTEGER NOT NULL,
    edition     TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    done_at     INTEGER NOT NULL,
    member_id   INTEGER NOT NULL,
    deed        TEXT    NOT NULL,
    article_id  TEXT,
    detail      TEXT    NOT NULL,
    FOREIGN KEY (schedule_id, edition) REFERENCES desk (schedule_id, edition) ON DELETE CASCADE
) STRICT;

CREATE INDEX desk_act_by_edition ON desk_act (schedule_id, edition);
CREATE INDEX desk_act_by_member ON desk_act (member_id);

CREATE TABLE desk_message (
    schedule_id    INTEGER NOT NULL,
    edition        TEXT    NOT NULL,
    number         INTEGER NOT NULL,
    message_id     INTEGER,
    tried_at       INTEGER,
    first_tried_at INTEGER,
    shown          TEXT    NOT NULL,
    PRIMARY KEY (schedule_id, edition, number),
    FOREIGN KEY (schedule_id, edition) REFERENCES desk (schedule_id, edition) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
