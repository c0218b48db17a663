"""Work done outside a request: ingest, rollups, duty, the demo city."""
