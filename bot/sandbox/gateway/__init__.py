"""The gateway: WebSocket connections, the sessions behind them, and what their intents let through."""
