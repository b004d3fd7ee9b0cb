-- The roles whose members edit a server's schedules and content; a role that Discord has deleted stays until another is
-- added.
CREATE TABLE editor_role (
    guild_id INTEGER NOT NULL,
    role_id  INTEGER NOT NULL,
    PRIMARY KEY (guild_id, role_id)
) STRICT, WITHOUT ROWID;
