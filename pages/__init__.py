"""One module per screen: registration, ids, layout, callbacks of a few lines."""
