-- When a member last asked for a message to be sent again, from where on its lateness counts; and when its Draft was last
-- drawn, NULL for when it was planned.
ALTER TABLE delivery ADD COLUMN asked_at INTEGER;
ALTER TABLE delivery ADD COLUMN drawn_at INTEGER;

-- Which editions an article is in, for the member who hides it.
CREATE INDEX pick_by_article ON pick (article_id);
