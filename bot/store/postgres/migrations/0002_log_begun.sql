-- expand
-- What members have begun to do to their server's articles, which are in files: an entry of the log once it is done.
CREATE TABLE log_begun (
    interaction_id bigint PRIMARY KEY,
    guild_id       bigint NOT NULL,
    member_id      bigint NOT NULL,
    act            text COLLATE "C" NOT NULL,
    at             bigint NOT NULL
);
