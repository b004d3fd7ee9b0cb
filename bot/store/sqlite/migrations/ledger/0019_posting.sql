-- How a part is posted (JSON; empty for the usual way), and from when on its message is to get a thread: NULL once it has
-- one, or if nobody asked.
ALTER TABLE delivery ADD COLUMN posting TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN thread_at INTEGER;
CREATE INDEX delivery_to_thread ON delivery (thread_at, delivery_id, channel_id) WHERE thread_at IS NOT NULL;
