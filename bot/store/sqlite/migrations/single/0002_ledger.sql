-- Schedules, their editions, and the ledger of deliveries; what the bot remembers of itself.
-- Moments are whole microseconds since 1970 in UTC; ids of Discord and of schedules fit 63 bits.

CREATE TABLE guild (
    guild_id INTEGER PRIMARY KEY,
    left_at  INTEGER NOT NULL   -- only servers that were left stand here
) STRICT;

-- What is looked for has a column; the whole standing order is the JSON of `value`. A deleted one stays as long as its
-- editions do, for the buttons of posted messages.
CREATE TABLE schedule (
    schedule_id  INTEGER PRIMARY KEY,
    guild_id     INTEGER NOT NULL,
    folded_name  TEXT    NOT NULL,
    value        TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'off')),
    state_reason TEXT    NOT NULL,
    next_due_at  INTEGER,
    deleted_at   INTEGER
) STRICT;

CREATE UNIQUE INDEX schedule_by_name ON schedule (guild_id, folded_name) WHERE deleted_at IS NULL;
CREATE INDEX schedule_by_guild ON schedule (guild_id);
CREATE INDEX schedule_by_due ON schedule (next_due_at)
    WHERE state = 'active' AND deleted_at IS NULL AND next_due_at IS NOT NULL;

CREATE TABLE edition (
    edition_id   INTEGER PRIMARY KEY,
    schedule_id  INTEGER NOT NULL REFERENCES schedule ON DELETE CASCADE,
    edition      TEXT    NOT NULL,   -- its key
    number       INTEGER,
    due_at       INTEGER NOT NULL,
    planned_at   INTEGER NOT NULL,
    window_start INTEGER,
    window_end   INTEGER NOT NULL,
    is_first     INTEGER NOT NULL,
    is_archive   INTEGER NOT NULL,
    is_late      INTEGER NOT NULL,
    is_extra     INTEGER NOT NULL,
    is_empty     INTEGER NOT NULL,   -- planned without a story, and not skipped for another reason
    skipped      TEXT    NOT NULL,
    UNIQUE (schedule_id, edition)
) STRICT;

CREATE UNIQUE INDEX edition_by_number ON edition (schedule_id, number) WHERE number IS NOT NULL;
CREATE INDEX edition_by_due ON edition (schedule_id, due_at);

-- A pick as it was planned, whole, in `value`; beside it what `told` reads of hundreds of them.
CREATE TABLE pick (
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    place      INTEGER NOT NULL,
    article_id TEXT    NOT NULL,
    score      INTEGER NOT NULL,
    story_ids  TEXT    NOT NULL,   -- JSON lists
    providers  TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (edition_id, place)
) STRICT;

CREATE TABLE verdict (
    edition_id INTEGER NOT NULL REFERENCES edition ON DELETE CASCADE,
    article_id TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    PRIMARY KEY (edition_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
    delivery_id      INTEGER PRIMARY KEY,
    channel_id       INTEGER NOT NULL,
    schedule_id      INTEGER NOT NULL,
    edition          TEXT    NOT NULL,
    part             INTEGER NOT NULL CHECK (part >= 1),
    guild_id         INTEGER NOT NULL,
    state            TEXT    NOT NULL
        CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'skipped')),
    revision         INTEGER NOT NULL,
    attempt          INTEGER NOT NULL,
    was_sending      INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    planned_at       INTEGER NOT NULL,
    claimed_at       INTEGER,
    lease_until      INTEGER,
    first_attempt_at INTEGER,
    last_attempt_at  INTEGER,
    not_before       INTEGER,
    tries            INTEGER NOT NULL,
    message_id       INTEGER,
    sent_at          INTEGER,
    reason           TEXT    NOT NULL,
    title            TEXT    NOT NULL,
    mention_role     INTEGER,
    publish          INTEGER NOT NULL,
    UNIQUE (schedule_id, edition, part, channel_id),
    FOREIGN KEY (schedule_id, edition) REFERENCES edition (schedule_id, edition) ON DELETE CASCADE,
    CHECK (state <> 'sending' OR (claimed_at IS NOT NULL AND lease_until IS NOT NULL))
) STRICT;

-- Covers the search for rows to claim: what is not yet due or not for us to take is passed over inside the index.
CREATE INDEX delivery_open ON delivery (due_at, delivery_id, state, not_before, lease_until, schedule_id, part)
    WHERE state IN ('planned', 'sending');
CREATE INDEX delivery_by_state ON delivery (state, schedule_id);

-- Beside its row, so that a mark rewrites a hundred bytes and not the kilobytes that never change.
CREATE TABLE draft (
    delivery_id INTEGER PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
    draft_key   TEXT    NOT NULL,   -- what a posted message carries
    value       TEXT    NOT NULL,
    checksum    BLOB    NOT NULL    -- SHA-256 over all of the part that is posted
) STRICT;

-- An old edition asks for its articles by id alone, whatever shelf they were on.
CREATE INDEX tombstone_by_article ON tombstone (article_id);

CREATE INDEX draft_by_key ON draft (draft_key) WHERE draft_key <> '';

-- Editions that move the cutoff and whose stories count as told: something of them is on its way or stands there, or
-- they were planned and had nothing to say. One that came too late, failed or was skipped as a whole moves nothing.
CREATE VIEW moving_edition AS
SELECT * FROM edition
WHERE EXISTS (
    SELECT 1 FROM delivery
    WHERE delivery.schedule_id = edition.schedule_id AND delivery.edition = edition.edition
        AND delivery.state IN ('planned', 'sending', 'unknown', 'sent')
) OR (is_empty AND NOT EXISTS (
    SELECT 1 FROM delivery
    WHERE delivery.schedule_id = edition.schedule_id AND delivery.edition = edition.edition
));

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    secret_id INTEGER PRIMARY KEY,
    value     BLOB NOT NULL CHECK (length(value) = 32)
) STRICT;

CREATE TABLE notice (
    notice_id   INTEGER PRIMARY KEY,
    guild_id    INTEGER,
    schedule_id INTEGER,
    cause       TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    noticed_at  INTEGER NOT NULL,
    day         INTEGER NOT NULL,   -- the ordinal of the UTC day
    shown_at    INTEGER
) STRICT;

CREATE UNIQUE INDEX notice_once_a_day ON notice (ifnull(guild_id, 0), ifnull(schedule_id, 0), cause, day);

-- IDENTIFYs and starts of the process, each with its moment.
CREATE TABLE occurrence (
    occurrence_id INTEGER PRIMARY KEY,
    what          TEXT    NOT NULL,
    at            INTEGER NOT NULL
) STRICT;

CREATE INDEX occurrence_by_moment ON occurrence (what, at);
