"""The AI SDK's dialect: its UI message stream (v1), so that a page with `useChat` needs one line of transport."""
