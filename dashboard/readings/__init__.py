"""The questions a screen may ask. The only users of the store and of the cache inside dashboard."""
