-- expand
-- The ledger: schedules, their editions, deliveries, and what the bot remembers of itself; the same tables as in the file
-- of SQLite (bot/store/sqlite/migrations/ledger, versions 13 to 23), but for the list of this machine's files.
-- Texts are compared and sorted by code points, whatever the database's locale is. Moments are whole microseconds since 1970 in UTC; truth values are 0 and 1.

-- Three functions of SQLite that the ledger's statements call.
CREATE FUNCTION json_valid(document text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN document::json IS NOT NULL;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN FALSE;
END $$;

-- The value at a path such as `$.article.pictures[0].alt`, as text; a truth value is 1 or 0.
CREATE FUNCTION json_extract(document text, path text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE jsonb_typeof(found) WHEN 'boolean' THEN (found::boolean)::int::text ELSE found #>> '{}' END
    FROM (SELECT document::jsonb #> string_to_array(translate(substr(path, 3), '[]', '.'), '.') AS found) AS value
$$;

CREATE FUNCTION json_set(document text, path text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_set(document::jsonb, ARRAY[substr(path, 3)], to_jsonb(number))::text
$$;

CREATE TABLE guild (
    guild_id bigint PRIMARY KEY,
    left_at  bigint NOT NULL   -- there are rows only of servers that the bot left
);

-- What is searched for has a column; the whole schedule is the JSON of `value`. A deleted one stays as long as its
-- editions do, for the buttons of posted messages.
CREATE TABLE schedule (
    schedule_id  bigint PRIMARY KEY,
    guild_id     bigint NOT NULL,
    folded_name  text COLLATE "C" NOT NULL,
    value        text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('active', 'paused', 'off')),
    state_reason text COLLATE "C" NOT NULL,
    next_due_at  bigint,
    deleted_at   bigint
);

CREATE UNIQUE INDEX schedule_by_name ON schedule (guild_id, folded_name) WHERE deleted_at IS NULL;
CREATE INDEX schedule_by_guild ON schedule (guild_id);
CREATE INDEX schedule_by_due ON schedule (next_due_at)
    WHERE state = 'active' AND deleted_at IS NULL AND next_due_at IS NOT NULL;

CREATE TABLE edition (
    edition_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schedule_id  bigint NOT NULL REFERENCES schedule ON DELETE CASCADE,
    edition      text COLLATE "C" NOT NULL,   -- its key
    number       bigint,
    due_at       bigint NOT NULL,
    planned_at   bigint NOT NULL,
    window_start bigint,
    window_end   bigint NOT NULL,
    is_first     bigint NOT NULL,
    is_archive   bigint NOT NULL,
    is_late      bigint NOT NULL,
    is_extra     bigint NOT NULL,
    is_empty     bigint NOT NULL,   -- planned without a story, and not skipped for another reason
    skipped      text COLLATE "C" NOT NULL,
    is_best_of   bigint NOT NULL DEFAULT 0,   -- chosen from what was posted before: its stories don't count as told again
    UNIQUE (schedule_id, edition)
);

CREATE UNIQUE INDEX edition_by_number ON edition (schedule_id, number) WHERE number IS NOT NULL;
CREATE INDEX edition_by_due ON edition (schedule_id, due_at);

-- A pick as it was planned, whole, in `value`; beside it what `told` reads of hundreds of them: the story, the pick's
-- own URLs, those of its story's other articles, and the pick's title and excerpt.
CREATE TABLE pick (
    edition_id bigint NOT NULL REFERENCES edition ON DELETE CASCADE,
    place      bigint NOT NULL,
    article_id text COLLATE "C" NOT NULL,
    score      bigint NOT NULL,
    story_ids  text COLLATE "C" NOT NULL,   -- JSON lists
    providers  text COLLATE "C" NOT NULL,
    value      text COLLATE "C" NOT NULL,
    story_id   text COLLATE "C",
    urls       text COLLATE "C" NOT NULL DEFAULT '[]',
    story_urls text COLLATE "C" NOT NULL DEFAULT '[]',
    text       text COLLATE "C" NOT NULL DEFAULT '["",""]',
    PRIMARY KEY (edition_id, place)
);

CREATE INDEX pick_by_story ON pick (story_id) WHERE story_id IS NOT NULL;
-- Which editions an article is in, for the member who hides it.
CREATE INDEX pick_by_article ON pick (article_id);

CREATE TABLE verdict (
    edition_id bigint NOT NULL REFERENCES edition ON DELETE CASCADE,
    article_id text COLLATE "C" NOT NULL,
    reason     text COLLATE "C" NOT NULL,
    detail     text COLLATE "C" NOT NULL,
    PRIMARY KEY (edition_id, article_id)
);

CREATE TABLE delivery (
    delivery_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_id       bigint NOT NULL,
    schedule_id      bigint NOT NULL,
    edition          text COLLATE "C" NOT NULL,
    part             bigint NOT NULL CHECK (part >= 1),
    guild_id         bigint NOT NULL,
    state            text COLLATE "C" NOT NULL
        CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'skipped')),
    revision         bigint NOT NULL,
    attempt          bigint NOT NULL,
    was_sending      bigint NOT NULL,
    due_at           bigint NOT NULL,
    planned_at       bigint NOT NULL,
    claimed_at       bigint,
    lease_until      bigint,
    first_attempt_at bigint,
    not_before       bigint,
    tries            bigint NOT NULL,
    message_id       bigint,
    sent_at          bigint,
    reason           text COLLATE "C" NOT NULL,
    title            text COLLATE "C" NOT NULL,
    mention_role     bigint,
    publish          bigint NOT NULL,
    publish_at       bigint,   -- from when on it is to be published to followers; NULL once it is, or if nobody asked
    asked_at         bigint,   -- when a member last asked for it to be sent again: its lateness counts from there
    drawn_at         bigint,   -- when its Draft was last drawn; NULL for when it was planned
    posting          text COLLATE "C" NOT NULL DEFAULT '',   -- how it is posted, as JSON; empty for the usual way
    thread_at        bigint,   -- from when on its message is to get a thread; NULL once it has one, or if nobody asked
    UNIQUE (schedule_id, edition, part, channel_id),
    FOREIGN KEY (schedule_id, edition) REFERENCES edition (schedule_id, edition) ON DELETE CASCADE,
    CHECK (state <> 'sending' OR (claimed_at IS NOT NULL AND lease_until IS NOT NULL))
);

-- Covers the search for rows to claim: what is not yet due or not for us to take is passed over inside the index.
CREATE INDEX delivery_open ON delivery (due_at, delivery_id, state, not_before, lease_until, schedule_id, part)
    WHERE state IN ('planned', 'sending');
CREATE INDEX delivery_by_state ON delivery (state, schedule_id);
CREATE INDEX delivery_to_thread ON delivery (thread_at, delivery_id, channel_id) WHERE thread_at IS NOT NULL;
CREATE INDEX delivery_to_publish ON delivery (publish_at, delivery_id, channel_id) WHERE publish_at IS NOT NULL;
-- What was posted to a channel, by whichever schedule.
CREATE INDEX delivery_by_channel ON delivery (channel_id, schedule_id, edition, state);

-- Beside its row, so that a mark rewrites a hundred bytes and not the kilobytes that never change.
CREATE TABLE draft (
    delivery_id bigint PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
    draft_key   text COLLATE "C" NOT NULL,   -- what a posted message carries
    value       text COLLATE "C" NOT NULL,
    checksum    bytea    NOT NULL    -- SHA-256 over all of the part that is posted
);

CREATE INDEX draft_by_key ON draft (draft_key) WHERE draft_key <> '';

-- Editions that move the cutoff and whose stories count as told: something of them is on its way or was posted, or they
-- were planned and had nothing to say. One that came too late, failed or was skipped as a whole moves nothing.
CREATE VIEW moving_edition AS
SELECT * FROM edition
WHERE EXISTS (
    SELECT 1 FROM delivery
    WHERE delivery.schedule_id = edition.schedule_id AND delivery.edition = edition.edition
        AND delivery.state IN ('planned', 'sending', 'unknown', 'sent')
) OR (is_empty <> 0 AND NOT EXISTS (
    SELECT 1 FROM delivery
    WHERE delivery.schedule_id = edition.schedule_id AND delivery.edition = edition.edition
));

CREATE TABLE setting (
    name  text COLLATE "C" PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

CREATE TABLE secret (
    secret_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    value     bytea NOT NULL CHECK (length(value) = 32)
);

CREATE TABLE notice (
    notice_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id    bigint,
    schedule_id bigint,
    cause       text COLLATE "C" NOT NULL,
    text        text COLLATE "C" NOT NULL,
    noticed_at  bigint NOT NULL,
    day         bigint NOT NULL,   -- the ordinal of the UTC day
    shown_at    bigint
);

CREATE UNIQUE INDEX notice_once_a_day ON notice (coalesce(guild_id, 0), coalesce(schedule_id, 0), cause, day);

-- IDENTIFYs and starts of the process, each with its moment.
CREATE TABLE occurrence (
    occurrence_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what          text COLLATE "C" NOT NULL,
    at            bigint NOT NULL
);

CREATE INDEX occurrence_by_moment ON occurrence (what, at);

-- One greeting for each server that the bot has joined, ever; deleted with the server's other data.
CREATE TABLE greeting (
    guild_id   bigint PRIMARY KEY,
    state      text COLLATE "C" NOT NULL,
    channel_id bigint,             -- NULL: a direct message, or nobody
    at         bigint NOT NULL
);

-- The roles whose members edit a server's schedules and content; a role that Discord has deleted stays until another is
-- added.
CREATE TABLE editor_role (
    guild_id bigint NOT NULL,
    role_id  bigint NOT NULL,
    PRIMARY KEY (guild_id, role_id)
);

-- When uploads began, dry runs and refused ones included: the hourly quota counts them before anything is read.
CREATE TABLE upload_begun (
    shelf text COLLATE "C" NOT NULL,   -- its name: a refused upload needs no shelf
    at    bigint NOT NULL
);

CREATE INDEX upload_begun_by_shelf ON upload_begun (shelf, at);

-- Drafts on the editors' desk. A draft is an edition whose parts are planned and can't be claimed yet.

CREATE TABLE desk (
    schedule_id bigint NOT NULL,
    edition     text COLLATE "C" NOT NULL,
    guild_id    bigint NOT NULL,
    channel_id  bigint NOT NULL,   -- the editors'
    due_at      bigint NOT NULL,
    waits       bigint NOT NULL,
    state       text COLLATE "C" NOT NULL CHECK (state IN ('open', 'approved', 'held', 'released')),
    revision    bigint NOT NULL,
    came_in     bigint NOT NULL,
    is_closed   bigint NOT NULL,
    PRIMARY KEY (schedule_id, edition),
    FOREIGN KEY (schedule_id, edition) REFERENCES edition (schedule_id, edition) ON DELETE CASCADE
);

CREATE INDEX desk_open ON desk (due_at) WHERE is_closed = 0;

-- What was done to a draft, by whom and when.
CREATE TABLE desk_act (
    act_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schedule_id bigint NOT NULL,
    edition     text COLLATE "C" NOT NULL,
    revision    bigint NOT NULL,
    done_at     bigint NOT NULL,
    member_id   bigint NOT NULL,
    deed        text COLLATE "C" NOT NULL,
    article_id  text COLLATE "C",
    detail      text COLLATE "C" NOT NULL,
    FOREIGN KEY (schedule_id, edition) REFERENCES desk (schedule_id, edition) ON DELETE CASCADE
);

CREATE INDEX desk_act_by_edition ON desk_act (schedule_id, edition);
CREATE INDEX desk_act_by_member ON desk_act (member_id);

CREATE TABLE desk_message (
    schedule_id    bigint NOT NULL,
    edition        text COLLATE "C" NOT NULL,
    number         bigint NOT NULL,
    message_id     bigint,
    tried_at       bigint,
    first_tried_at bigint,
    shown          text COLLATE "C" NOT NULL,
    PRIMARY KEY (schedule_id, edition, number),
    FOREIGN KEY (schedule_id, edition) REFERENCES desk (schedule_id, edition) ON DELETE CASCADE
);

-- Who changed what in a server, for its managers; kept for 30 days.
CREATE TABLE log_entry (
    entry_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    interaction_id bigint NOT NULL,
    guild_id       bigint NOT NULL,
    member_id      bigint NOT NULL,   -- 0 once the member deleted their data
    act            text COLLATE "C" NOT NULL,
    subject        text COLLATE "C" NOT NULL,
    detail         text COLLATE "C" NOT NULL,
    at             bigint NOT NULL,
    UNIQUE (interaction_id, act, subject)
);

CREATE INDEX log_entry_by_server ON log_entry (guild_id, at);
CREATE INDEX log_entry_by_member ON log_entry (member_id) WHERE member_id <> 0;
CREATE INDEX log_entry_by_moment ON log_entry (at);

-- What members suggested for the next edition, with the message that shows it to the editors; kept for 30 days.
CREATE TABLE suggestion (
    suggestion_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- in buttons of posted messages, so never given twice
    guild_id       bigint NOT NULL,
    schedule_id    bigint NOT NULL,
    channel_id     bigint NOT NULL,   -- the editors'
    member_id      bigint NOT NULL,   -- 0 once the member deleted their data
    suggested_at   bigint NOT NULL,
    page           text COLLATE "C" NOT NULL,   -- the link as it is compared
    url            text COLLATE "C" NOT NULL,
    title          text COLLATE "C" NOT NULL,
    description    text COLLATE "C" NOT NULL,
    picture_url    text COLLATE "C" NOT NULL,
    site           text COLLATE "C" NOT NULL,
    credit         text COLLATE "C" NOT NULL,   -- the member's name if they agreed to it
    state          text COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'taking', 'taken', 'refused')),
    taking_at      bigint,
    article_id     text COLLATE "C",
    message_id     bigint,
    tried_at       bigint,
    first_tried_at bigint,
    shown          text COLLATE "C" NOT NULL,
    is_closed      bigint NOT NULL,
    UNIQUE (guild_id, page)
);

CREATE INDEX suggestion_by_member ON suggestion (member_id, guild_id, suggested_at) WHERE member_id <> 0;
CREATE INDEX suggestion_by_moment ON suggestion (suggested_at);
CREATE INDEX suggestion_by_article ON suggestion (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX suggestion_open ON suggestion (suggestion_id) WHERE is_closed = 0;

-- What a posted message is to show since its articles changed, one row for each message that ever was corrected.

CREATE TABLE correction (
    delivery_id    bigint PRIMARY KEY REFERENCES delivery ON DELETE CASCADE,
    state          text COLLATE "C" NOT NULL CHECK (state IN ('due', 'sending', 'done', 'given up')),
    revision       bigint NOT NULL,   -- one more each time the message is drawn
    begun          bigint NOT NULL,   -- the last revision that may have arrived; 0 for none
    shown_revision bigint NOT NULL,   -- the last one that is known to have arrived
    edits          bigint NOT NULL,
    not_before     bigint,
    corrected_at   bigint,
    withdraws      bigint NOT NULL,
    draft          text COLLATE "C" NOT NULL,
    picks          text COLLATE "C" NOT NULL,   -- JSON; so are those that are shown, which are empty for those as posted
    shown          text COLLATE "C" NOT NULL,
    reason         text COLLATE "C" NOT NULL
);

CREATE INDEX correction_open ON correction (not_before) WHERE state IN ('due', 'sending');

-- Which messages are recent enough to be corrected.
CREATE INDEX delivery_by_sending ON delivery (sent_at) WHERE state = 'sent';
