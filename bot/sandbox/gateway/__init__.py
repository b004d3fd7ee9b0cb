"""The gateway: WebSocket connections, their sessions, and the events that intents subscribe to."""
